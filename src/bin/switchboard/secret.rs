//! `switchboard secret`: what an operator needs for flows that ask for a PIN.

use std::{env, error::Error, io::stdin, process::ExitCode};

use data_encoding::BASE64;
use switchboard::{app::random_bits, call::Secrets, config::SecretsKey, stage};

use crate::Ended;

/// Make a key for secrets, and keyed hashes of them
///
/// A flow compares a PIN with its keyed hash, so that no file holds the PIN itself. Who has the hash and not the key cannot try all
/// PINs.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  switchboard secret key\n  SECRETS_KEY=… switchboard secret hash\n  switchboard secret hash --for-tests"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Print a fresh key for the setting SECRETS_KEY.
    Key,
    /// Read digits from a line of the standard input, and print their hash for `matches` of a step that does `collect`.
    Hash {
        /// With the key that `dial` and `test` use, instead of the one in SECRETS_KEY.
        #[arg(long)]
        for_tests: bool,
    },
}

pub(crate) fn run(args: &Args) -> Ended {
    match args.what {
        What::Key => println!("{}", fresh_key()),
        What::Hash { for_tests } => println!("{}", hash(for_tests)?),
    }
    Ok(ExitCode::SUCCESS)
}

fn fresh_key() -> String {
    let halves = [random_bits(), random_bits()].map(u128::to_be_bytes);
    BASE64.encode(halves.as_flattened())
}

fn hash(for_tests: bool) -> Result<String, Box<dyn Error>> {
    let text = match for_tests {
        true => stage::SECRETS_KEY.to_owned(),
        false => env::var("SECRETS_KEY").map_err(|_| "SECRETS_KEY is not set; `switchboard secret key` makes one")?,
    };
    let key = SecretsKey::parse(&text).map_err(|fault| format!("SECRETS_KEY {fault}"))?;
    let mut line = String::new();
    stdin().read_line(&mut line)?;
    let digits = line.trim();
    match !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit() || b == b'*' || b == b'#') {
        true => Ok(Secrets::new(key.expose()).hash(digits).expect("a key is given")),
        false => Err("a line with the digits is expected: 0 to 9, * and #".into()),
    }
}
