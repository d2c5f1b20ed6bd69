import Basics
import Tables

extension SafetensorsFile {
  /// SHA-256 of what the file says, whatever the order in which it says it.
  ///
  /// Hashed are, each text preceded by its length in bytes and each list by its length as eight
  /// little-endian bytes: the metadata except `digest`, sorted by key, as key and text; then the
  /// tensors, sorted by name, as name, type, shape and little-endian data. Another program may
  /// write the same tensors in another order, and the digest still holds.
  package var contentDigest: String {
    var hash = SHA256()
    let metadata = metadata.filter { $0.key != ModelLayout.digest }.sorted {
      precedes($0.key, $1.key)
    }
    hash.update(count: metadata.count)
    for (key, text) in metadata {
      hash.update(key)
      hash.update(text)
    }
    hash.update(count: tensors.count)
    for (name, tensor) in tensors.sorted(by: { precedes($0.key, $1.key) }) {
      hash.update(name)
      hash.update(tensor.elements.type.rawValue)
      hash.update(count: tensor.shape.count)
      for size in tensor.shape { hash.update(count: size) }
      unsafe tensor.elements.withLittleEndianBytes { unsafe hash.update($0) }
    }
    return hash.finish()
  }

  private func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }
}

extension SHA256 {
  /// Adds a text, preceded by its length, so that two texts never run into each other.
  fileprivate mutating func update(_ text: String) {
    update(count: text.utf8.count)
    update(Array(text.utf8))
  }

  /// Adds a count as eight little-endian bytes.
  fileprivate mutating func update(count: Int) {
    update((0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) })
  }
}
