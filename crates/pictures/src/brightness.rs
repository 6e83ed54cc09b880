//! How bright a pixel is, 0 to 255.

/// Of red, green and blue, as Rec. 601 weighs them.
pub(crate) fn of_rgb(red: u8, green: u8, blue: u8) -> f32 {
    0.299 * f32::from(red) + 0.587 * f32::from(green) + 0.114 * f32::from(blue)
}

/// On white, as it is mostly shown: what lies under a transparent pixel is not seen, and can be anything.
pub(crate) fn on_white(brightness: f32, alpha: u8) -> f32 {
    let alpha = f32::from(alpha) / 255.0;
    brightness * alpha + 255.0 * (1.0 - alpha)
}

/// Of a row of pixels with so many bytes each: grey, grey and alpha, RGB, RGB and alpha.
pub(crate) fn of_row(row: &[u8], channels: usize) -> impl Iterator<Item = f32> {
    row.chunks_exact(channels).map(|pixel| match *pixel {
        [grey] => f32::from(grey),
        [grey, alpha] => on_white(f32::from(grey), alpha),
        [red, green, blue] => of_rgb(red, green, blue),
        [red, green, blue, alpha] => on_white(of_rgb(red, green, blue), alpha),
        _ => 0.0,
    })
}
