/**
 * Whether two texts are equal, in a time that depends on their lengths alone: how much of a MAC or
 * digest was right must not show. No copies into buffers, as crypto's own would need.
 */
export function isEqualText(left: string, right: string): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let index = 0; index < left.length; index += 1) {
    difference |= left.charCodeAt(index) ^ right.charCodeAt(index);
  }
  return difference === 0;
}
