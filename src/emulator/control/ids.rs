//! New ids: the only randomness of the gateway's entities.

use uuid::Uuid;

use crate::gateway::import::IdSource;

/// Random ids of lower-case letters and digits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RandomIds;

const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";

impl IdSource for RandomIds {
    fn next_id(&mut self, length: usize) -> String {
        // Ids name things and keep nothing secret: a document of hundreds of resources needs no system call for each.
        let mut id = vec![b'a'; length];
        for part in id.chunks_mut(10) {
            // Ten characters take 52 of its 64 bits.
            let mut bits = fastrand::u64(..);
            for byte in part {
                *byte = ALPHABET[(bits % 36) as usize];
                bits /= 36;
            }
        }
        String::from_utf8(id).unwrap_or_default()
    }
}

/// Returns the value of a new API key: 40 letters and digits.
pub(crate) fn api_key_value() -> String {
    random_text(40, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
}

fn random_text(length: usize, alphabet: &[u8]) -> String {
    let mut text = String::with_capacity(length);
    let base = alphabet.len() as u128;
    while text.len() < length {
        // The version bits of a UUID are fixed; sixteen characters take fewer bits than the rest has.
        let mut bits = Uuid::new_v4().as_u128() ^ (Uuid::new_v4().as_u128() << 3);
        for _ in 0..16.min(length - text.len()) {
            let index = usize::try_from(bits % base).unwrap_or_default();
            text.push(char::from(alphabet.get(index).copied().unwrap_or(b'a')));
            bits /= base;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_length_asked_for_and_differ() {
        let mut ids = RandomIds;
        let (first, second) = (ids.next_id(10), ids.next_id(10));
        assert_eq!(first.len(), 10);
        assert_ne!(first, second);
        assert_eq!(api_key_value().len(), 40);
    }
}
