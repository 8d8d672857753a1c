//! Everything at once.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use judder_history::AlertFilter;

use super::{About, Api, json};
use crate::dataset::datasets;
use crate::engine::alert;
use crate::problem::Problem;
use crate::view::{AlertView, DatasetView, FleetView};

/// Alerts on the first page.
const ALERTS: usize = 50;

/// `GET /api/v1/fleet`.
pub(super) async fn fleet(State(api): State<Api>) -> Result<Response, Problem> {
    Ok(json(StatusCode::OK, &api.fleet().await?))
}

impl Api {
    /// The fleet as it is now.
    pub(super) async fn fleet(&self) -> Result<FleetView, Problem> {
        let snapshot = self.engine.snapshot().await?;
        let About { mode, folder, retention, outlets } = self.about.clone();
        let alerts = self.engine.readers().read(|reader| {
            let open = reader.open_alerts()?;
            let newest = reader.alerts(&AlertFilter { most: ALERTS, ..AlertFilter::default() })?;
            let cleared = newest.into_iter().filter(|one| one.cleared_at.is_some());
            Ok(open.into_iter().chain(cleared).collect::<Vec<_>>())
        });
        let alerts: Vec<AlertView> = alerts.await?.into_iter().map(alert).collect();
        Ok(FleetView {
            revision: snapshot.revision,
            now: snapshot.now,
            version: env!("CARGO_PKG_VERSION"),
            mode,
            accepting: snapshot.accepting,
            unkept: snapshot.unkept,
            datasets: self.datasets().await,
            folder,
            models: snapshot.models,
            session: snapshot.session,
            devices: snapshot.devices,
            alerts,
            retention,
            outlets,
        })
    }

    async fn datasets(&self) -> Vec<DatasetView> {
        let Some(folder) = self.about.folder.clone() else { return Vec::new() };
        let looked = tokio::task::spawn_blocking(move || datasets(folder.as_ref()));
        looked.await.unwrap_or_default()
    }
}
