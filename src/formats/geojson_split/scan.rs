//! Where a JSON value ends.

use super::JSON_DEPTH;

/// Finds the end of a JSON value by its brackets and quotes alone; whether it is sound is for the parser to say.
#[derive(Default)]
pub struct Scan {
    /// Brackets that are open.
    pub depth: usize,
    in_string: bool,
    escaped: bool,
    in_scalar: bool,
}

impl Scan {
    /// How many bytes belong to the value, and whether it is complete.
    pub fn step(&mut self, chunk: &[u8]) -> (usize, bool) {
        for (i, byte) in chunk.iter().enumerate() {
            if self.in_string {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => {
                        self.in_string = false;
                        if self.depth == 0 {
                            return (i + 1, true);
                        }
                    }
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.in_string = true,
                b'{' | b'[' => {
                    self.depth += 1;
                    if self.depth > JSON_DEPTH {
                        return (i + 1, false);
                    }
                }
                b'}' | b']' | b',' if self.depth == 0 => return (i, true),
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return (i + 1, true);
                    }
                }
                b' ' | b'\t' | b'\r' | b'\n' if self.depth == 0 && self.in_scalar => return (i, true),
                _ => self.in_scalar = true,
            }
        }
        (chunk.len(), false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_ends_where_it_ends_however_it_is_cut_into_chunks() {
        let table = [
            (r#"{"a":[1,"}",{}]},{"#, 16),
            (r#""a\"b\\","#, 8),
            ("12.5e3,", 6),
            ("true]", 4),
            ("[[]]\n", 4),
            ("null \n", 4),
            (",", 0),
        ];
        for (text, end) in table {
            for size in 1..=text.len() {
                let (mut scan, mut used) = (Scan::default(), 0);
                let done = text.as_bytes().chunks(size).any(|chunk| {
                    let (n, done) = scan.step(chunk);
                    used += n;
                    done
                });
                assert!(done && used == end, "{text} by {size}: {used}");
            }
        }
    }
}
