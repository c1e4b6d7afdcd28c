// SHA-256 with the SHA extensions of x86-64.

#include "sha256_kernels.h"

#if SHA256_HAS_X86

#include <cpuid.h>
#include <immintrin.h>

bool pipeline_sha256_x86_available(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return false;
  const unsigned needed = bit_SSSE3 | bit_SSE4_1;
  if ((c & needed) != needed) return false;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA) != 0;
}

__attribute__((target("sha,sse4.1,ssse3")))
void pipeline_sha256_x86_compress(uint32_t words[8], const uint8_t *blocks, size_t count) {
  const __m128i big_endian =
      _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
  const __m128i *constants = (const __m128i *)pipeline_sha256_constants;

  // The instructions want the words a, b, e, f in one register and c, d, g, h in the other, the
  // first of each in the highest lane. Swapping neighbours and joining halves gets there and back.
  __m128i badc = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)words), 0xb1);
  __m128i fehg = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(words + 4)), 0xb1);
  __m128i abef = _mm_unpacklo_epi64(fehg, badc);
  __m128i cdgh = _mm_unpackhi_epi64(fehg, badc);

  for (; count > 0; count--, blocks += 64) {
    const __m128i abef_before = abef;
    const __m128i cdgh_before = cdgh;
    // The last sixteen words of the schedule, four to a register, as a ring.
    __m128i ring[4];

#pragma clang loop unroll(full)
    for (int group = 0; group < 16; group++) {
      __m128i *four = &ring[group & 3];
      if (group < 4) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(blocks + 16 * group));
        *four = _mm_shuffle_epi8(bytes, big_endian);
      } else {
        __m128i last = ring[(group + 3) & 3];
        __m128i seven_back = _mm_alignr_epi8(last, ring[(group + 2) & 3], 4);
        __m128i sum = _mm_sha256msg1_epu32(*four, ring[(group + 1) & 3]);
        *four = _mm_sha256msg2_epu32(_mm_add_epi32(sum, seven_back), last);
      }
      // Two rounds turn (abef, cdgh) into (new, abef); four bring the names back to their places.
      __m128i added = _mm_add_epi32(*four, constants[group]);
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, added);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_unpackhi_epi64(added, added));
    }

    abef = _mm_add_epi32(abef, abef_before);
    cdgh = _mm_add_epi32(cdgh, cdgh_before);
  }

  badc = _mm_unpackhi_epi64(abef, cdgh);
  fehg = _mm_unpacklo_epi64(abef, cdgh);
  _mm_storeu_si128((__m128i *)words, _mm_shuffle_epi32(badc, 0xb1));
  _mm_storeu_si128((__m128i *)(words + 4), _mm_shuffle_epi32(fehg, 0xb1));
}

#endif
