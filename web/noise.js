// Numbers as pictures: a pixel for each word, by its highest byte.

/** Bytes of a word of a ring with so many bits. */
export function wordBytes(bits) {
  return Math.max(1, Math.floor((bits ?? 8) / 8));
}

/** A canvas of little-endian words of `width` bytes, as square as they allow. */
export function noise(bytes, width) {
  const count = Math.floor(bytes.length / width);
  const columns = Math.ceil(Math.sqrt(count));
  return grey(columns, Math.ceil(count / Math.max(1, columns)), (index) =>
    index < count ? bytes[(index + 1) * width - 1] : null,
  );
}

/** A canvas of 8-bit pixels, as square as they allow. */
export function picture(pixels) {
  return noise(pixels, 1);
}

function grey(columns, rows, value) {
  const canvas = document.createElement("canvas");
  // A canvas has no side of 0.
  canvas.width = Math.max(1, columns);
  canvas.height = Math.max(1, rows);
  const image = new ImageData(canvas.width, canvas.height);
  for (let index = 0; index < canvas.width * canvas.height; index += 1) {
    const level = value(index);
    image.data.fill(level ?? 0, index * 4, index * 4 + 3);
    image.data[index * 4 + 3] = level === null ? 0 : 255;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}
