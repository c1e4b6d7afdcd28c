#ifndef SHA256_KERNELS_H
#define SHA256_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
#define SHA256_HAS_X86 1
#elif defined(__aarch64__) && !defined(__AARCH64EB__)
#define SHA256_HAS_ARM 1
#endif

/// The round constants of FIPS 180-4, 4.2.2.
extern const uint32_t pipeline_sha256_constants[64];

/// Each `…_compress` takes `count` blocks of 64 bytes, which need no alignment, into the chaining
/// value; each `…_available` asks the processor, every time anew.
void pipeline_sha256_portable_compress(uint32_t words[8], const uint8_t *blocks, size_t count);

#if SHA256_HAS_X86
bool pipeline_sha256_x86_available(void);
void pipeline_sha256_x86_compress(uint32_t words[8], const uint8_t *blocks, size_t count);
#endif

#if SHA256_HAS_ARM
bool pipeline_sha256_arm_available(void);
void pipeline_sha256_arm_compress(uint32_t words[8], const uint8_t *blocks, size_t count);
#endif

#endif
