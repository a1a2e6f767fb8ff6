//! What the app keeps, and where: calls, queues, recordings.

use std::{env, path::Path, sync::Arc};

use switchboard::{
    config::{BlobAccess, BlobContainer, CosmosAccess, CosmosAccount, HostStorage, Identity, Recordings, StateStore},
    functions::FUNCTIONS,
    media::{BlobRecordings, Limits},
    queues::{QueueError, Queues, poison_queue_of, queue_of},
    store::{Calls, Cosmos},
};

use super::{Patient, finding::Finding};

/// How often Cosmos DB is asked, some seconds each time, before it is given up.
const TRIES: usize = 3;

const CALLS_ARE_THE_APPS: &str = "the app's identity alone opens Cosmos DB; the app's health says whether it does";

const STORAGE_IS_THE_APPS: &str = "the app's identity alone opens the storage account; the app's log says where it does not";

/// Everything that is kept.
pub(super) async fn examine(patient: &Patient) -> Vec<Finding> {
    let mut findings = vec![calls(patient).await];
    findings.extend(queues(patient).await);
    findings.push(recordings(patient).await);
    findings
}

/// An identity is the app's own: nobody gives it to this machine.
fn is_the_apps() -> bool {
    env::var_os("IDENTITY_ENDPOINT").is_none()
}

async fn calls(patient: &Patient) -> Finding {
    match &patient.settings.keeping.state_store {
        StateStore::File(path) => folder("calls", path.parent().unwrap_or(path)),
        StateStore::Cosmos(CosmosAccount { access: CosmosAccess::Identity { .. }, .. }) if is_the_apps() => {
            Finding::unknown("calls", CALLS_ARE_THE_APPS)
        }
        StateStore::Cosmos(account) => cosmos(account, patient).await,
    }
}

async fn cosmos(account: &CosmosAccount, patient: &Patient) -> Finding {
    let store = Cosmos::open(account.clone());
    let mut last = String::new();
    for _ in 0..TRIES {
        match store.due(patient.clock.now(), 1).await {
            Ok(_) => return Finding::good("calls", "Cosmos DB has its containers, and lets us in"),
            Err(error) => last = error.to_string(),
        }
    }
    Finding::told("calls", last)
}

async fn queues(patient: &Patient) -> Vec<Finding> {
    let storage = match &patient.settings.host_storage {
        None => return vec![Finding::unknown("queues", "no storage account is named: on one machine none is needed")],
        Some(HostStorage::Identity { who: Identity::Managed(_), .. }) if is_the_apps() => {
            return vec![Finding::unknown("queues", STORAGE_IS_THE_APPS)];
        }
        Some(storage) => storage,
    };
    let queues = match Queues::open(storage, Arc::clone(&patient.clock)) {
        Ok(queues) => queues,
        Err(error) => return vec![Finding::told("queues", error)],
    };
    let names: Vec<_> = FUNCTIONS.iter().map(|function| queue_of(function.name)).collect();
    let (mut missing, mut given_up) = (Vec::new(), Vec::new());
    for queue in names.iter().flat_map(|name| [name.clone(), poison_queue_of(name)]) {
        match queues.count(&queue).await {
            Ok(count) if count > 0 && queue.ends_with("-poison") => given_up.push(queue),
            Ok(_) => {}
            Err(QueueError::Missing(queue)) => missing.push(queue),
            // What is wrong with one is wrong with all.
            Err(error) => return vec![Finding::told("queues", error)],
        }
    }
    found(&missing, &given_up)
}

fn found(missing: &[String], given_up: &[String]) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !missing.is_empty() {
        let cure = "the templates in infra/ make them, on an emulator `switchboard queues create` does";
        findings.push(Finding::bad("queues", format!("there is no {}", missing.join(", ")), cure));
    }
    if !given_up.is_empty() {
        let what = format!("events were given up: {}", given_up.join(", "));
        findings.push(Finding::bad("queues", what, "`switchboard queues show` shows why, `redeliver` tries again"));
    }
    if findings.is_empty() {
        findings.push(Finding::good("queues", "all are there, and nothing was given up"));
    }
    findings
}

async fn recordings(patient: &Patient) -> Finding {
    match &patient.settings.keeping.recordings {
        Recordings::File(path) => folder("recordings", path),
        Recordings::Blob(BlobContainer { access: BlobAccess::Identity(Identity::Managed(_)), .. }) if is_the_apps() => {
            Finding::unknown("recordings", STORAGE_IS_THE_APPS)
        }
        Recordings::Blob(container) => {
            let recordings = BlobRecordings::new(container.clone(), Limits::default(), Arc::clone(&patient.clock));
            match recordings.look().await {
                Ok(()) => Finding::good("recordings", "the container is there"),
                Err(error) => Finding::bad("recordings", error.to_string(), "check RECORDINGS"),
            }
        }
    }
}

/// A folder is made with the first thing kept there; what stands in its place is not.
fn folder(check: &'static str, path: &Path) -> Finding {
    match path.exists() && !path.is_dir() {
        true => Finding::bad(check, format!("{} is no folder", path.display()), "name another path"),
        false => Finding::good(check, format!("kept on this machine, in {}", path.display())),
    }
}
