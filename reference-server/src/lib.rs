//! The bundled reference server.

pub mod auth;
