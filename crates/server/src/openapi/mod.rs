//! The description of the interface, in OpenAPI 3.1, and the list of routes that it describes.
//!
//! The document is written by hand. Tests hold it against [`ROUTES`], against the schema of OpenAPI, and
//! what the server answers against the schemas in it.

/// The document, as `GET /api/v1/openapi.json` answers it.
pub const OPENAPI: &str = include_str!("openapi.json");

/// A route, with its path as in [`OPENAPI`] and as `axum` writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The method.
    pub method: &'static str,
    /// The path, with names in braces.
    pub path: &'static str,
}

const fn route(method: &'static str, path: &'static str) -> Route {
    Route { method, path }
}

/// All routes, those of boards first. What the page is made of (`/page/...`) is its own business and not
/// among them.
pub const ROUTES: [Route; 24] = [
    route("POST", "/api/v1/recordings"),
    route("POST", "/"),
    route("GET", "/"),
    route("GET", "/healthz"),
    route("GET", "/readyz"),
    route("GET", "/api/v1/fleet"),
    route("GET", "/api/v1/updates"),
    route("PUT", "/api/v1/devices/{name}"),
    route("DELETE", "/api/v1/devices/{name}"),
    route("GET", "/api/v1/devices/{name}/view"),
    route("GET", "/api/v1/devices/{name}/scores"),
    route("GET", "/api/v1/devices/{name}/latest.csv"),
    route("GET", "/api/v1/devices/{name}/threshold"),
    route("POST", "/api/v1/devices/{name}/threshold"),
    route("DELETE", "/api/v1/devices/{name}/threshold"),
    route("GET", "/api/v1/alerts"),
    route("POST", "/api/v1/session"),
    route("DELETE", "/api/v1/session"),
    route("GET", "/api/v1/session/waveform"),
    route("PUT", "/api/v1/models/{name}"),
    route("PUT", "/api/v1/default-model"),
    route("POST", "/api/v1/logout"),
    route("GET", "/api/v1/openapi.json"),
    route("GET", "/metrics"),
];
