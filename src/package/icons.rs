//! The two icons of the Teams app, drawn: nine jacks, and a cord from one to another.

use super::fault::PackageError;

/// The side of the icon with colours, in pixels. Teams takes no other.
const COLOR_SIDE: u32 = 192;

/// The side of the outline, in pixels.
const OUTLINE_SIDE: u32 = 32;

/// What is behind the jacks; as `accentColor` in the manifest.
pub(super) const ACCENT: [u8; 3] = [0x2b, 0x57, 0x9a];

/// Into how many parts each side of a pixel is cut to see how much of it is covered.
const CUT: u32 = 4;

/// Where rows and columns of jacks are, from 0 to 1.
const PLACES: [f32; 3] = [0.27, 0.5, 0.73];

/// The cord's ends.
const CORD: [(f32, f32); 2] = [(PLACES[0], PLACES[2]), (PLACES[2], PLACES[0])];

/// The icon with colours: white on [`ACCENT`].
pub(super) fn color() -> Result<Vec<u8>, PackageError> {
    draw(COLOR_SIDE, |covered| {
        let mixed = ACCENT.map(|part| part + ((255.0 - f32::from(part)) * covered) as u8);
        [mixed[0], mixed[1], mixed[2], 255]
    })
}

/// The outline: white on nothing.
pub(super) fn outline() -> Result<Vec<u8>, PackageError> {
    draw(OUTLINE_SIDE, |covered| [255, 255, 255, (covered * 255.0) as u8])
}

fn draw(side: u32, pixel: impl Fn(f32) -> [u8; 4]) -> Result<Vec<u8>, PackageError> {
    let places = (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
    let pixels: Vec<u8> = places.flat_map(|(x, y)| pixel(covered(x, y, side))).collect();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(file)
}

/// How much of a pixel the drawing covers, from 0 to 1.
fn covered(x: u32, y: u32, side: u32) -> f32 {
    let place = |whole: u32, part: u32| (whole as f32 + (part as f32 + 0.5) / CUT as f32) / side as f32;
    let parts = (0..CUT).flat_map(|b| (0..CUT).map(move |a| (a, b)));
    let inside = parts.filter(|(a, b)| is_drawn(place(x, *a), place(y, *b))).count();
    inside as f32 / (CUT * CUT) as f32
}

fn is_drawn(x: f32, y: f32) -> bool {
    let jack = |(column, row): (f32, f32), radius: f32| (x - column).powi(2) + (y - row).powi(2) < radius * radius;
    let all = PLACES.iter().flat_map(|row| PLACES.iter().map(move |column| (*column, *row)));
    all.into_iter().any(|place| jack(place, 0.055)) || CORD.iter().any(|end| jack(*end, 0.095)) || is_cord(x, y)
}

/// The cord is straight, from corner to corner.
fn is_cord(x: f32, y: f32) -> bool {
    let [(left, bottom), (right, _)] = CORD;
    let from_line = (x + y - left - bottom).abs() / std::f32::consts::SQRT_2;
    (left..=right).contains(&x) && from_line < 0.028
}
