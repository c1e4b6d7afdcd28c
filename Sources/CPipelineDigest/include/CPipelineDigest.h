#ifndef CPIPELINEDIGEST_H
#define CPIPELINEDIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// A way to compute SHA-256. All of them give the same digests, at different speeds.
typedef enum __attribute__((enum_extensibility(closed))) pipeline_sha256_kernel : uint32_t {
  /// Plain C: works on every processor.
  pipeline_sha256_kernel_portable,
  /// The SHA extensions of x86-64.
  pipeline_sha256_kernel_x86,
  /// The SHA-2 instructions of 64-bit ARM.
  pipeline_sha256_kernel_arm,
} pipeline_sha256_kernel;

/// SHA-256 over bytes that come piece by piece. A plain value: a copy goes on by itself.
typedef struct pipeline_sha256 {
  /// The chaining value, after the last whole block.
  uint32_t words[8];
  /// How many bytes were given so far.
  uint64_t length;
  /// The first `length % 64` bytes are what has come of a block that is not yet whole.
  uint8_t block[64];
  /// What computes it.
  pipeline_sha256_kernel kernel;
} pipeline_sha256;

/// Starts a digest, with the fastest kernel that this processor has.
void pipeline_sha256_begin(pipeline_sha256 *state);

/// Starts a digest with this kernel, for comparing one with another.
///
/// Returns false, and leaves the state alone, where the processor lacks it.
bool pipeline_sha256_begin_with(pipeline_sha256 *state, pipeline_sha256_kernel kernel);

/// Takes the next bytes. They may be NULL where `count` is 0.
void pipeline_sha256_update(pipeline_sha256 *state, const void *_Nullable bytes, size_t count);

/// Writes the digest of all bytes given. The state must be begun again before another use.
void pipeline_sha256_finish(pipeline_sha256 *state, uint8_t out[_Nonnull 32]);

/// The kernel that `pipeline_sha256_begin` takes: detected once, then remembered.
pipeline_sha256_kernel pipeline_sha256_in_use(void);

/// The kernel's name for people: `portable`, `x86-sha`, `arm-sha2`.
const char *pipeline_sha256_name(pipeline_sha256_kernel kernel);

#pragma clang assume_nonnull end

#endif
