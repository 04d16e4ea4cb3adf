use super::*;

/// A picture of one colour.
struct Paper {
    width: usize,
    height: usize,
    bytes: Vec<u8>,
}

impl Paper {
    fn new(width: usize, height: usize, colour: [u8; 4]) -> Self {
        Self {
            width,
            height,
            bytes: colour.repeat(width * height),
        }
    }

    /// Fills columns `x..x + w` of rows `y..y + h`.
    fn bar(mut self, (x, y, w, h): (usize, usize, usize, usize), colour: [u8; 4]) -> Self {
        for row in y..y + h {
            for column in x..x + w {
                let at = (row * self.width + column) * 4;
                self.bytes[at..at + 4].copy_from_slice(&colour);
            }
        }
        self
    }

    fn digit(&self) -> Result<Picture, PictureError> {
        digit(Rgba::new(self.width as u32, self.height as u32, &self.bytes).unwrap())
    }
}

const WHITE: [u8; 4] = [255, 255, 255, 255];
const BLACK: [u8; 4] = [0, 0, 0, 255];
const CLEAR: [u8; 4] = [0, 0, 0, 0];

/// A seven with soft edges as an MNIST image: its box 20 pixels high, bright on black, the centre of
/// mass at 14.4 pixels from the left and 13.6 from the top, counted from 0.
fn mnist_like() -> Vec<u8> {
    let mut pixels = vec![0; 784];
    for row in 0..20 {
        // A bar on top, then a slanted stem.
        let stem = 15 - row / 2;
        for column in 0..16 {
            let soft = 40 + (row * 13 + column * 29) as u8 % 60;
            let value = match (row, column) {
                (0, _) => soft,
                (1 | 2, _) => 255,
                (_, c) if c == stem || c + 1 == stem => 254,
                (_, c) if c == stem + 1 || c + 2 == stem => soft,
                _ => continue,
            };
            pixels[(row + 7) * 28 + column + 6] = value;
        }
    }
    pixels
}

/// `pixels`, 28 x 28, each drawn as a square of `zoom` x `zoom`.
fn enlarged(pixels: &[u8], zoom: usize) -> Vec<u8> {
    let side = 28 * zoom;
    (0..side * side)
        .map(|at| pixels[at / side / zoom * 28 + at % side / zoom])
        .collect()
}

fn centre(picture: &Picture) -> (f64, f64) {
    let values: Vec<f64> = picture.pixels().iter().copied().map(f64::from).collect();
    (
        moment(&values, |index| index % 28),
        moment(&values, |index| index / 28),
    )
}

/// Width and height of the box of ink.
fn extent(picture: &Picture) -> (usize, usize) {
    let lines: Vec<&[u8]> = picture.pixels().chunks(28).collect();
    let rows = lines.iter().filter(|line| line.iter().any(|v| *v > 0));
    let columns = (0..28).filter(|column| lines.iter().any(|line| line[*column] > 0));
    (columns.count(), rows.count())
}

#[test]
fn mnist_images_pass_unchanged() {
    let pixels = mnist_like();
    let picture = digit_of_luma(Luma::new(28, 28, &pixels).unwrap()).unwrap();
    assert!(picture.pixels() == pixels);
}

#[test]
fn enlarged_and_inverted_mnist_images_come_back() {
    let pixels = mnist_like();
    for zoom in [2, 10, 50] {
        let side = 28 * zoom as u32;
        let bright = enlarged(&pixels, zoom);
        let dark: Vec<u8> = bright.iter().map(|value| 255 - value).collect();
        for bytes in [bright, dark] {
            let picture = digit_of_luma(Luma::new(side, side, &bytes).unwrap()).unwrap();
            let worst = picture.pixels().iter().zip(&pixels);
            let worst = worst.map(|(a, b)| a.abs_diff(*b)).max();
            assert!(worst <= Some(1), "{worst:?} at zoom {zoom}");
        }
    }
}

#[test]
fn a_small_stroke_in_a_corner_is_enlarged_and_centred() {
    let picture = Paper::new(300, 300, BLACK)
        .bar((3, 250, 4, 40), WHITE)
        .digit()
        .unwrap();
    assert_eq!(extent(&picture), (2, 20));
    let (x, y) = centre(&picture);
    assert!((13.5..=14.5).contains(&x) && (13.5..=14.5).contains(&y));
}

#[test]
fn dark_on_light_is_bright_on_black() {
    let bar = (100, 40, 20, 160);
    let light = Paper::new(280, 280, WHITE).bar(bar, BLACK);
    let dark = Paper::new(280, 280, BLACK).bar(bar, WHITE);
    assert!(light.digit().unwrap() == dark.digit().unwrap());
    assert_eq!(light.digit().unwrap().pixels()[0], 0);
}

#[test]
fn grey_paper_and_pale_ink_are_told_apart() {
    let paper = Paper::new(90, 90, [110, 110, 110, 255]).bar((20, 20, 9, 50), [60, 60, 60, 255]);
    let picture = paper.digit().unwrap();
    assert_eq!(extent(&picture), (4, 20));
    assert_eq!(picture.pixels().iter().max(), Some(&240), "brightened");
}

#[test]
fn thin_strokes_are_not_faint() {
    let picture = Paper::new(1000, 1000, WHITE)
        .bar((100, 100, 2, 800), BLACK)
        .bar((100, 100, 500, 2), BLACK)
        .digit()
        .unwrap();
    assert!(picture.pixels().iter().filter(|v| **v > 100).count() > 20);
}

#[test]
fn transparent_pictures_get_the_background_they_stand_out_from() {
    let bar = (10, 10, 10, 40);
    let on_nothing = |ink| Paper::new(60, 60, CLEAR).bar(bar, ink).digit().unwrap();
    let expected = Paper::new(60, 60, BLACK).bar(bar, WHITE).digit().unwrap();
    assert!(on_nothing(BLACK) == expected);
    assert!(on_nothing(WHITE) == expected);
}

#[test]
fn clear_corners_of_an_opaque_picture_are_no_ink() {
    let bar = (20, 10, 10, 40);
    let plain = Paper::new(60, 60, WHITE).bar(bar, BLACK);
    let expected = plain.digit().unwrap();
    let cornered = plain.bar((0, 0, 5, 5), CLEAR).bar((55, 55, 5, 5), CLEAR);
    assert!(cornered.digit().unwrap() == expected);
}

#[test]
fn wide_and_tall_pictures_keep_the_shape_of_the_ink() {
    let wide = Paper::new(400, 30, WHITE).bar((50, 10, 200, 10), BLACK);
    assert_eq!(extent(&wide.digit().unwrap()), (20, 1));
    let tall = Paper::new(20, 600, WHITE).bar((8, 100, 6, 12), BLACK);
    assert_eq!(extent(&tall.digit().unwrap()), (10, 20));
}

#[test]
fn faint_noise_does_not_widen_the_box() {
    let bar = (60, 40, 16, 100);
    let expected = extent(&Paper::new(200, 200, WHITE).bar(bar, BLACK).digit().unwrap());
    // A plain congruential generator; the sum of four of its bytes is nearly normal.
    let mut state = 1_u32;
    let mut grain = || {
        let mut sum = 0;
        for _ in 0..4 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            sum += state >> 28;
        }
        sum as u8
    };
    let mut paper = Paper::new(200, 200, [200, 200, 200, 255]).bar(bar, [30, 30, 30, 255]);
    for pixel in paper.bytes.chunks_exact_mut(4) {
        let grey = pixel[0] + grain() / 2;
        pixel[..3].fill(grey);
    }
    assert_eq!(extent(&paper.digit().unwrap()), expected);
}

#[test]
fn a_large_picture_is_the_same_digit() {
    let small = Paper::new(280, 280, WHITE).bar((40, 40, 60, 200), BLACK);
    let large = Paper::new(2800, 2800, WHITE).bar((400, 400, 600, 2000), BLACK);
    assert_eq!(
        extent(&small.digit().unwrap()),
        extent(&large.digit().unwrap())
    );
}

#[test]
fn one_pixel_of_ink_is_ink() {
    let dot = Paper::new(28, 28, BLACK).bar((3, 4, 1, 1), WHITE);
    assert_eq!(extent(&dot.digit().unwrap()), (20, 20));
}

#[test]
fn blank_pictures_are_refused_with_a_remedy() {
    let faint = Paper::new(50, 50, WHITE).bar((20, 20, 5, 20), [248, 248, 248, 255]);
    let blanks = [
        Paper::new(1, 1, BLACK),
        Paper::new(1, 1, CLEAR),
        Paper::new(28, 28, BLACK),
        Paper::new(280, 280, WHITE),
        Paper::new(30, 20, CLEAR),
        Paper::new(1, 40, [90, 1, 200, 255]),
        faint,
    ];
    for paper in blanks {
        let error = paper.digit().err().unwrap();
        assert_eq!(error, PictureError::Blank);
        assert!(error.to_string().contains("Draw a digit first"));
    }
}

#[test]
fn odd_sizes_never_go_over_the_edge() {
    for (width, height) in [(1, 2), (2, 1), (3, 3), (1, 500), (700, 2), (1121, 3)] {
        for x in 0..width.min(9) {
            let paper = Paper::new(width, height, WHITE).bar((x, 0, 1, 1), BLACK);
            // A picture that is half ink may be either way round; it must only not fail.
            let _ = paper.digit();
        }
    }
}

#[test]
fn exact_pictures_have_784_pixels() {
    assert!(Picture::exact(&[7; 784]).is_ok_and(|picture| picture.pixels() == [7; 784]));
    assert!(matches!(
        Picture::exact(&[0; 783]),
        Err(PictureError::Length {
            expected: 784,
            got: 783,
            ..
        })
    ));
}
