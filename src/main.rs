//! The handler: what a Functions host starts, or the bot by itself on one machine.

use std::{net::Ipv4Addr, process::ExitCode, sync::Arc};

use switchboard::{clock::SystemClock, config::Settings, server::Program, telemetry};
use tokio::net::TcpListener;
use tracing::level_filters::LevelFilter;

/// The stack of each thread: what is not optimised needs more than the usual 2 MiB. Only what is used of it takes memory.
const STACK_BYTES: usize = 8 * 1024 * 1024;

fn main() -> ExitCode {
    look_for_no_machine();
    match tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK_BYTES).build() {
        Ok(runtime) => runtime.block_on(serve()),
        Err(error) => {
            telemetry::for_host(LevelFilter::INFO);
            tracing::error!("no runtime can be started: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Tells the Cosmos DB client not to ask the virtual machine around it where it is. There is none, and where nothing answers to that
/// question, the first call would wait for seconds. The client has no other switch for it than its environment.
#[expect(unsafe_code, reason = "nothing else runs yet that could read the environment meanwhile")]
fn look_for_no_machine() {
    // SAFETY: this is the only thread: neither the runtime nor the log has been started.
    unsafe { std::env::set_var("COSMOS_DISABLE_IMDS", "1") };
}

async fn serve() -> ExitCode {
    let settings = match Settings::from_env() {
        Ok(settings) => settings,
        Err(faults) => {
            telemetry::for_host(LevelFilter::INFO);
            faults.iter().for_each(|fault| tracing::error!("{fault}"));
            return ExitCode::FAILURE;
        }
    };
    telemetry::for_host(settings.server.log_level);
    // Never 0: a Functions host takes that for a success and does not start the handler again.
    match run(&settings).await {
        Ok(()) => tracing::error!("the server has stopped"),
        Err(error) => tracing::error!("{error}"),
    }
    ExitCode::FAILURE
}

async fn run(settings: &Settings) -> Result<(), Box<dyn std::error::Error>> {
    let program = Program::open(settings, Arc::new(SystemClock))?;
    let port = settings.server.port;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|error| format!("port {port}: {error}"))?;
    tracing::info!("listening on 127.0.0.1:{port}");
    program.serve(listener).await;
    Ok(())
}
