import Basics
import Testing

@testable import Kernels

@Suite struct AlignedBufferTests {
  /// What a buffer holds stays where it is when its memory changes; a small one has no huge pages to move to.
  @Test(arguments: [1, HugePages.size / 4, HugePages.size + 4099]) func movingKeepsTheContent(
    count: Int
  ) {
    let buffer = AlignedBuffer<Float>(count: count)
    for place in 0..<count { buffer.pointer[place] = Float(place % 8191) }
    let address = buffer.pointer
    buffer.moveToHugePages()
    buffer.moveToHugePages()
    #expect(buffer.pointer == address)
    #expect((0..<count).allSatisfy { buffer.pointer[$0] == Float($0 % 8191) })
  }
}
