//! Sinks of one event stream, each in its own file: [`terminal`] tells people while the run goes on, and [`record`] writes down what
//! the [formats](mod@format) of reports in [files](destination) are made from.

pub mod annotations;
pub mod destination;
pub mod event;
pub mod format;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod matrix;
mod plain;
pub mod record;
pub mod tap;
pub mod terminal;

pub(crate) use terminal::wrapped;

use event::Event;

/// Takes the events of a run, in order.
pub trait Sink {
    /// Takes the next event.
    fn take(&mut self, event: &Event);
}

/// Several sinks take each event in turn.
pub struct FanOut<'a>(pub Vec<&'a mut dyn Sink>);

impl Sink for FanOut<'_> {
    fn take(&mut self, event: &Event) {
        for sink in &mut self.0 {
            sink.take(event);
        }
    }
}

#[cfg(test)]
mod tests;
