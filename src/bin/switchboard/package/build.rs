//! The handler, built for Azure on whatever machine this is.

use std::{
    env, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use switchboard::package::NEWEST_GLIBC;

const TARGET: &str = "x86_64-unknown-linux-gnu";

/// What is missing on this machine, or did not work.
#[derive(Debug, thiserror::Error)]
pub(super) enum BuildError {
    #[error("cargo-zigbuild and zig build the handler for Linux, and are not here: pip install cargo-zigbuild ziglang")]
    NoZig,
    #[error("Rust has no library for {TARGET} here: rustup target add {TARGET}")]
    NoTarget,
    #[error("cargo cannot be run: {0}")]
    NoCargo(#[from] io::Error),
    #[error("the handler cannot be built: see above")]
    Failed,
}

/// Builds the handler, and says where it is. Takes minutes the first time.
pub(super) fn handler() -> Result<PathBuf, BuildError> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let quietly = |command: &mut Command| command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !quietly(Command::new("cargo-zigbuild").arg("--version")).is_ok_and(|status| status.success()) || !is_there_zig() {
        return Err(BuildError::NoZig);
    }
    if !is_there_target()? {
        return Err(BuildError::NoTarget);
    }
    let (major, minor) = NEWEST_GLIBC;
    let status = Command::new(cargo)
        .args(["zigbuild", "--locked", "--release", "--bin", "handler", "--target"])
        .arg(format!("{TARGET}.{major}.{minor}"))
        .status()?;
    match status.success() {
        true => Ok(target_folder().join(TARGET).join("release/handler")),
        false => Err(BuildError::Failed),
    }
}

/// As cargo-zigbuild looks for it: on its own, or as the module of PyPI's package.
fn is_there_zig() -> bool {
    let works = |program: &str, arguments: &[&str]| {
        let status = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    let python = |python: &str| works(python, &["-m", "ziglang", "version"]);
    env::var_os("CARGO_ZIGBUILD_ZIG_PATH").is_some()
        || works("zig", &["version"])
        || works("python-zig", &["version"])
        || ["python3", "python"].into_iter().any(python)
}

fn is_there_target() -> io::Result<bool> {
    let output = Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]).output()?;
    let folder = String::from_utf8_lossy(&output.stdout);
    Ok(output.status.success() && Path::new(folder.trim()).is_dir())
}

fn target_folder() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from)
}
