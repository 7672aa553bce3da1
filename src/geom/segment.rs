/// Squared distance of a point from a segment, in the square of the unit that all three are given in.
///
/// ```
/// use melonmap::geom::distance_2;
/// assert_eq!(distance_2([3.0, 2.0], [0.0, 0.0], [9.0, 0.0]), 4.0);
/// assert_eq!(distance_2([-3.0, 4.0], [0.0, 0.0], [9.0, 0.0]), 25.0);
/// ```
#[must_use]
pub fn distance_2(point: [f64; 2], from: [f64; 2], to: [f64; 2]) -> f64 {
    let sub = |a: [f64; 2], b: [f64; 2]| [a[0] - b[0], a[1] - b[1]];
    let dot = |a: [f64; 2], b: [f64; 2]| a[0] * b[0] + a[1] * b[1];
    let (along, off) = (sub(to, from), sub(point, from));
    let length_2 = dot(along, along);
    let share = if length_2 > 0.0 { (dot(along, off) / length_2).clamp(0.0, 1.0) } else { 0.0 };
    let rest = [off[0] - share * along[0], off[1] - share * along[1]];
    dot(rest, rest)
}
