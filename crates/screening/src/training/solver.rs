//! The smallest value of a smooth convex function: L-BFGS (Nocedal and Wright, Numerical Optimization, 7.2), with steps
//! that are halved until they pay.

use super::matrix::dot;

/// So many last steps tell how the gradient turns.
const MEMORY: usize = 6;
/// Less than this share gained in a step is the end.
const LEAST_GAIN: f64 = 1e-5;
const MOST_HALVINGS: usize = 20;

struct Turn {
    step: Vec<f32>,
    change: Vec<f32>,
    /// Their product.
    product: f64,
}

/// From zero. `value` gives the function's value at a point and writes its gradient there.
pub(super) fn minimise(length: usize, most_steps: usize, mut value: impl FnMut(&[f32], &mut [f32]) -> f64) -> Vec<f32> {
    let (mut point, mut gradient) = (vec![0.0; length], vec![0.0; length]);
    let (mut next, mut next_gradient) = (vec![0.0; length], vec![0.0; length]);
    let mut now = value(&point, &mut gradient);
    let mut memory: Vec<Turn> = Vec::new();
    for _ in 0..most_steps {
        let direction = direction(&gradient, &memory);
        let slope = dot(&gradient, &direction);
        let mut size = if memory.is_empty() { narrow(1.0 / dot(&gradient, &gradient).sqrt().max(1.0)) } else { 1.0 };
        let mut then = now;
        for _ in 0..MOST_HALVINGS {
            for ((next, point), direction) in next.iter_mut().zip(&point).zip(&direction) {
                *next = point + size * direction;
            }
            then = value(&next, &mut next_gradient);
            if then <= now + 1e-4 * f64::from(size) * slope {
                break;
            }
            size /= 2.0;
        }
        if then >= now {
            break;
        }
        let minus = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<f32>>();
        let (step, change) = (minus(&next, &point), minus(&next_gradient, &gradient));
        let product = dot(&step, &change);
        if product > 0.0 {
            if memory.len() == MEMORY {
                memory.remove(0);
            }
            memory.push(Turn { step, change, product });
        }
        std::mem::swap(&mut point, &mut next);
        std::mem::swap(&mut gradient, &mut next_gradient);
        let gain = now - then;
        now = then;
        if gain < LEAST_GAIN * now.abs() {
            break;
        }
    }
    point
}

/// Down the slope, turned by what the last steps have shown.
fn direction(gradient: &[f32], memory: &[Turn]) -> Vec<f32> {
    let mut direction: Vec<f32> = gradient.iter().map(|slope| -slope).collect();
    let mut shares = Vec::with_capacity(memory.len());
    for turn in memory.iter().rev() {
        let share = dot(&turn.step, &direction) / turn.product;
        add(&mut direction, &turn.change, -share);
        shares.push(share);
    }
    if let Some(turn) = memory.last() {
        let scale = narrow(turn.product / dot(&turn.change, &turn.change));
        for value in &mut direction {
            *value *= scale;
        }
    }
    for (turn, share) in memory.iter().zip(shares.into_iter().rev()) {
        let back = dot(&turn.change, &direction) / turn.product;
        add(&mut direction, &turn.step, share - back);
    }
    direction
}

fn add(to: &mut [f32], what: &[f32], times: f64) {
    let times = narrow(times);
    to.iter_mut().zip(what).for_each(|(to, what)| *to += times * what);
}

#[expect(clippy::cast_possible_truncation, reason = "the weights are single precision")]
pub(super) const fn narrow(value: f64) -> f32 {
    value as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bottom_of_a_bowl_is_found() {
        // (x - 3)² + 10 (y + 1)²
        let bottom = minimise(2, 100, |at, slope| {
            slope[0] = 2.0 * (at[0] - 3.0);
            slope[1] = 20.0 * (at[1] + 1.0);
            f64::from((at[0] - 3.0).powi(2) + 10.0 * (at[1] + 1.0).powi(2))
        });
        assert!((bottom[0] - 3.0).abs() < 0.01 && (bottom[1] + 1.0).abs() < 0.01, "{bottom:?}");
    }
}
