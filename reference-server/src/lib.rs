//! The bundled reference server.
