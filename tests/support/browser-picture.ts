/** Whether pictures that are part of the documentation are to be taken anew in this run. */
export function updatesPictures(): boolean {
  return process.env['UPDATE_SCREENSHOT'] === '1';
}
