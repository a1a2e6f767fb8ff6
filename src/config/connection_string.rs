//! The connection string of a storage account.
//! <https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string>

use data_encoding::BASE64;
use secrecy::SecretSlice;

use super::base_url::BaseUrl;

/// The account of every emulator: its name and key are published, and open nothing else.
/// <https://learn.microsoft.com/azure/storage/common/storage-use-azurite#well-known-storage-account-and-key>
const EMULATOR: &str = "AccountName=devstoreaccount1;\
    AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;\
    BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;\
    QueueEndpoint=http://127.0.0.1:10001/devstoreaccount1";

/// What a connection string says of blobs and queues.
#[derive(Debug)]
pub(super) struct ConnectionString {
    pub(super) blobs: BaseUrl,
    pub(super) queues: BaseUrl,
    pub(super) account: String,
    pub(super) key: SecretSlice<u8>,
}

impl ConnectionString {
    /// Reads a connection string. The error says what is wrong with it, and nothing of what is in it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if find(text, "UseDevelopmentStorage").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return Self::parse(EMULATOR);
        }
        let account = find(text, "AccountName").ok_or("is no connection string: it has no AccountName")?;
        let key = find(text, "AccountKey").ok_or("has no AccountKey: use one that has, or AzureWebJobsStorage__accountName")?;
        let key = BASE64.decode(key.as_bytes()).map_err(|_| "has an AccountKey that is not base64")?;
        let (blobs, queues) = (address(text, account, "blob")?, address(text, account, "queue")?);
        Ok(Self { blobs, queues, account: account.to_owned(), key: key.into() })
    }
}

/// Where a service of the account is: as said, else where it usually is.
fn address(text: &str, account: &str, service: &str) -> Result<BaseUrl, String> {
    let address = match find(text, &format!("{service}Endpoint")) {
        Some(address) => address.to_owned(),
        None => usual_address(text, account, service),
    };
    BaseUrl::parse(&address).map_err(|fault| format!("has a {service} endpoint that {fault}"))
}

fn usual_address(text: &str, account: &str, service: &str) -> String {
    let protocol = find(text, "DefaultEndpointsProtocol").unwrap_or("https");
    let suffix = find(text, "EndpointSuffix").unwrap_or("core.windows.net");
    format!("{protocol}://{account}.{service}.{suffix}")
}

/// The value of a name; keys end in `=`, so only the first one parts it from its name.
pub(super) fn find<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let pairs = text.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::ExposeSecret;

    use super::ConnectionString;

    fn queues(text: &str) -> String {
        ConnectionString::parse(text).unwrap().queues.to_string()
    }

    #[test]
    fn an_account_is_read_as_the_portal_writes_it() {
        let text = "DefaultEndpointsProtocol=https;AccountName=ivrstore;AccountKey=aHVzaA==;EndpointSuffix=core.windows.net";
        let read = ConnectionString::parse(text).unwrap();
        assert_eq!((read.account.as_str(), read.key.expose_secret()), ("ivrstore", b"hush".as_slice()));
        assert_eq!(read.queues.to_string(), "https://ivrstore.queue.core.windows.net");
        assert_eq!(read.blobs.to_string(), "https://ivrstore.blob.core.windows.net");
    }

    #[test]
    fn the_emulators_account_has_a_short_name() {
        assert_eq!(queues("UseDevelopmentStorage=true"), "http://127.0.0.1:10001/devstoreaccount1");
    }

    #[test]
    fn other_clouds_and_addresses_are_taken() {
        assert_eq!(
            queues("AccountName=a;AccountKey=aHVzaA==;EndpointSuffix=core.chinacloudapi.cn"),
            "https://a.queue.core.chinacloudapi.cn"
        );
        assert_eq!(queues("accountname=a; accountkey=aHVzaA==; queueendpoint=https://q.example.com/"), "https://q.example.com");
    }

    #[test]
    fn what_is_wrong_is_said_without_the_key() {
        for (text, said) in [
            ("hush", "no AccountName"),
            ("AccountName=a;SharedAccessSignature=sig=hush", "no AccountKey"),
            ("AccountName=a;AccountKey=hush!", "not base64"),
            ("AccountName=a;AccountKey=aHVzaA==;QueueEndpoint=http://q.example.com", "use https"),
            ("AccountName=a;AccountKey=aHVzaA==;DefaultEndpointsProtocol=http", "use https"),
        ] {
            let fault = ConnectionString::parse(text).unwrap_err();
            assert!(fault.contains(said) && !fault.contains("hush"), "{fault}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_stumble(text in "((AccountName|AccountKey|QueueEndpoint|UseDevelopmentStorage)?=?[a-z:/=+;]{0,9};?){0,5}") {
            let _ = ConnectionString::parse(&text);
        }
    }
}
