//! The handler: what a Functions host starts, or the bot by itself on one machine.

use std::{net::Ipv4Addr, process::ExitCode, sync::Arc};

use switchboard::{clock::SystemClock, config::Settings, server::Program, telemetry};
use tokio::net::TcpListener;
use tracing::level_filters::LevelFilter;

#[tokio::main]
async fn main() -> ExitCode {
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
