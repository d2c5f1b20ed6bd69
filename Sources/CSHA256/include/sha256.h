#ifndef SHA256_H
#define SHA256_H

// SHA-256 (FIPS 180-4) by the processor's own instructions, which Swift cannot say. No stable
// interface: for this package's modules only.

#include <stdint.h>

/// Whether the processor has instructions for SHA-256.
int sha256_is_supported(void);

/// Takes `count` blocks of 64 bytes into the eight words of a digest's state; only where
/// sha256_is_supported().
void sha256_add_blocks(uint32_t *state, const uint8_t *blocks, long count);

#endif
