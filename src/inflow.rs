//! What has arrived of a stream and belongs to no complete response yet. The framers of both protocols stand on it.

/// Handed-out octets in front of the rest that are worth moving the rest for.
const WORTH_MOVING: usize = 4096;

/// Octets that have arrived, taken out from the front.
#[derive(Debug, Default)]
pub struct Inflow {
    buffer: Vec<u8>,
    /// Everything before it has been taken.
    start: usize,
    /// The same place in the stream.
    offset: u64,
}

impl Inflow {
    /// Adds the next octets of the stream.
    pub fn push(&mut self, octets: &[u8]) {
        if self.start == self.buffer.len() {
            self.buffer.clear();
            self.start = 0;
        } else if self.start > WORTH_MOVING && self.start > self.buffer.len() / 2 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(octets);
    }

    /// What has not been taken.
    #[must_use]
    pub fn unread(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    /// Takes the first `length` octets, which must have arrived.
    pub fn take(&mut self, length: usize) -> &[u8] {
        let begin = self.start;
        self.start += length;
        self.offset += length as u64;
        &self.buffer[begin..self.start]
    }

    /// Takes everything.
    pub fn take_all(&mut self) -> Vec<u8> {
        self.take(self.unread().len()).to_vec()
    }

    /// Forgets everything, and gives its memory back; the stream can't be followed any more.
    pub fn give_up(&mut self) {
        self.buffer = Vec::new();
        self.start = 0;
    }

    /// How many octets have been taken since the stream began.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_leave_in_the_order_in_which_they_came() {
        let mut inflow = Inflow::default();
        let mut expected = Vec::new();
        let mut taken = Vec::new();
        for round in 0..2000_usize {
            let octets: Vec<u8> =
                (0..round % 17).map(|at| u8::try_from((round + at) % 251).unwrap()).collect();
            inflow.push(&octets);
            expected.extend_from_slice(&octets);
            let length = inflow.unread().len().min(round % 13);
            taken.extend_from_slice(inflow.take(length));
        }
        assert_eq!(inflow.offset(), taken.len() as u64);
        taken.extend(inflow.take_all());
        assert_eq!(taken, expected);
        assert!(inflow.unread().is_empty());
    }
}
