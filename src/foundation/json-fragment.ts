/**
 * A value that is JSON text already, such as an item as it lies on its page. An output may hold one wherever it may
 * hold a value; the JSON codecs splice its bytes and other codecs parse it.
 */
export class JsonFragment {
  /** UTF-8 JSON of exactly one value, in pieces that follow each other. */
  readonly pieces: readonly Uint8Array[]

  constructor(...pieces: readonly Uint8Array[]) {
    this.pieces = pieces
  }
}
