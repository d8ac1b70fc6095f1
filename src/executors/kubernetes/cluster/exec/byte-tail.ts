/** The last bytes of a stream. */
export class ByteTail {
  private readonly capBytes: number
  private kept = Buffer.alloc(0)

  constructor(capBytes: number) {
    this.capBytes = capBytes
  }

  push(bytes: Uint8Array): void {
    this.kept = Buffer.concat([this.kept, bytes]).subarray(-this.capBytes)
  }

  toString(): string {
    return this.kept.toString('utf8')
  }
}
