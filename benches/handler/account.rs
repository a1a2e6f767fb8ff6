//! A Cosmos DB account behind TLS, as far away as a loopback address: Microsoft's in-memory emulator, and in front of it a door with
//! a certificate that must be believed.
//!
//! The address is 127.0.0.2: at those under which emulators are known, 127.0.0.1 among them, the client believes any certificate.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
};

use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::aws_lc_rs::default_provider,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

#[path = "../../src/tests/cosmos/emulator.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod emulator;

use emulator::{Emulator, KEY};

const ADDRESS: &str = "127.0.0.2";

/// Where a system keeps the certificates that it believes.
const BELIEVED: &str = "/etc/ssl/certs/ca-certificates.crt";

/// An account. Down as soon as it is dropped.
pub(super) struct Account {
    url: String,
    certificates: PathBuf,
    _emulator: Emulator,
}

impl Account {
    /// An empty one. Its certificates are made with `openssl`, in `folder`.
    pub(super) async fn start(folder: &Path) -> Self {
        let certificates = certify(folder);
        let listener = TcpListener::bind((ADDRESS, 0)).await.unwrap();
        let url = format!("https://{ADDRESS}:{}", listener.local_addr().unwrap().port());
        let emulator = Emulator::known_as(&url).await;
        let to = emulator.url().trim_start_matches("http://").to_owned();
        tokio::spawn(stand_before(to, listener, acceptor(folder)));
        Self { url, certificates, _emulator: emulator }
    }

    /// What a handler is started with that keeps its calls there.
    pub(super) fn environment(&self) -> [(&'static str, String); 4] {
        [
            ("STATE_STORE", "cosmos".to_owned()),
            ("COSMOS_ENDPOINT", self.url.clone()),
            ("COSMOS_KEY", KEY.to_owned()),
            ("SSL_CERT_FILE", self.certificates.display().to_string()),
        ]
    }
}

/// Takes connections for whoever is there without TLS.
async fn stand_before(to: String, listener: TcpListener, acceptor: TlsAcceptor) {
    while let Ok((stream, _)) = listener.accept().await {
        stream.set_nodelay(true).unwrap();
        let (to, acceptor) = (to.clone(), acceptor.clone());
        tokio::spawn(async move {
            let Ok(mut outside) = acceptor.accept(stream).await else { return };
            let mut inside = TcpStream::connect(to).await.unwrap();
            inside.set_nodelay(true).unwrap();
            // A handler that is killed says no goodbye.
            let _ = tokio::io::copy_bidirectional(&mut outside, &mut inside).await;
        });
    }
}

fn acceptor(folder: &Path) -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_file(folder.join("account.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("account.key")).unwrap();
    let builder = ServerConfig::builder_with_provider(Arc::new(default_provider())).with_safe_default_protocol_versions();
    let mut config = builder.unwrap().with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    TlsAcceptor::from(Arc::new(config))
}

/// Makes an authority and the account's certificate; yields the file of all that is to be believed, the system's included, since
/// reading those is part of a start.
fn certify(folder: &Path) -> PathBuf {
    openssl(folder, "-subj /CN=authority -keyout authority.key -out authority.pem");
    let signed = "-CA authority.pem -CAkey authority.key -addext basicConstraints=critical,CA:FALSE";
    openssl(
        folder,
        &format!("{signed} -addext subjectAltName=IP:{ADDRESS} -subj /CN=account -keyout account.key -out account.pem"),
    );
    let mut believed = fs::read_to_string(BELIEVED).unwrap_or_default();
    believed.push_str(&fs::read_to_string(folder.join("authority.pem")).unwrap());
    let file = folder.join("believed.pem");
    fs::write(&file, believed).unwrap();
    file
}

fn openssl(folder: &Path, arguments: &str) {
    let new = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2";
    let mut command = Command::new("openssl");
    command.args(new.split(' ')).args(arguments.split(' ')).current_dir(folder).stderr(Stdio::null());
    assert!(command.status().expect("there is openssl").success(), "openssl {arguments}");
}
