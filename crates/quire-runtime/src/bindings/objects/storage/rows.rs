//! Rows for JavaScript, in the form that `internals.deserialize` reads (core/serialize/README.md).

use quire_store::objects::{SqlRows, SqlValue};

const VERSION: u8 = 1;
const NULL: u8 = 1;
const TRUE: u8 = 2;
const FALSE: u8 = 3;
const DOUBLE: u8 = 5;
const UTF8: u8 = 9;
const ARRAY: u8 = 13;
const BUFFER: u8 = 21;
const END: u8 = 26;

/// Bytes of one value.
pub(super) struct Encoder(Vec<u8>);

impl Encoder {
    pub(super) fn new() -> Self {
        Self(vec![VERSION])
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.0
    }

    fn length(&mut self, mut length: usize) {
        while length >= 128 {
            self.0.push((length % 128) as u8 | 128);
            length /= 128;
        }
        self.0.push(length as u8);
    }

    fn block(&mut self, tag: u8, bytes: &[u8]) {
        self.0.push(tag);
        self.length(bytes.len());
        self.0.extend_from_slice(bytes);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.block(UTF8, text.as_bytes());
    }

    /// An `ArrayBuffer`.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.block(BUFFER, bytes);
    }

    pub(super) fn number(&mut self, number: f64) {
        self.0.push(DOUBLE);
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    /// An array of as many values as `write` writes.
    pub(super) fn array(&mut self, length: usize, write: impl FnOnce(&mut Self)) {
        self.0.push(ARRAY);
        self.length(length);
        write(self);
        self.0.push(END);
    }

    fn sql_value(&mut self, value: &SqlValue) {
        match value {
            SqlValue::Null => self.0.push(NULL),
            // Beyond 2^53 this is not exact, as on the original.
            SqlValue::Integer(value) => self.number(*value as f64),
            SqlValue::Real(value) => self.number(*value),
            SqlValue::Text(text) => self.text(text),
            SqlValue::Blob(bytes) => self.bytes(bytes),
        }
    }
}

/// `[column names, rows, rows read, rows written, whether rows were left out]`
pub(super) fn encode(result: &SqlRows) -> Vec<u8> {
    let mut encoder = Encoder::new();
    encoder.array(5, |encoder| {
        encoder.array(result.columns.len(), |encoder| {
            result.columns.iter().for_each(|name| encoder.text(name));
        });
        encoder.array(result.rows.len(), |encoder| {
            for row in &result.rows {
                encoder.array(row.len(), |encoder| {
                    row.iter().for_each(|value| encoder.sql_value(value));
                });
            }
        });
        encoder.number(result.read as f64);
        encoder.number(result.written as f64);
        encoder.0.push(if result.truncated { TRUE } else { FALSE });
    });
    encoder.finish()
}
