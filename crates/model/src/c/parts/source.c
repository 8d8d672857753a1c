/* @title@ See @file@.h. */
#include "@file@.h"

/* The order and the rounding of every operation are part of the result. */
#if defined(__FAST_MATH__)
#error "-ffast-math changes what is computed: leave it off for this file"
#endif
#if defined(__FLT_EVAL_METHOD__) && (__FLT_EVAL_METHOD__ == 1 || __FLT_EVAL_METHOD__ == 2)
#error "floats are computed in a wider type here: on x86, give -msse2 -mfpmath=sse"
#endif
#if defined(__clang__) || !defined(__GNUC__)
#pragma STDC FP_CONTRACT OFF
#else
/* Side by side, GCC fuses what adds in one lane and subtracts in another, though it must not. */
#pragma GCC optimize("fp-contract=off", "no-tree-vectorize")
#endif

#define AXES @NAME@_AXES
#define WINDOW @NAME@_WINDOW
//{ overlap|skip
#define HOP @NAME@_HOP
//}
#define FEATURES @NAME@_FEATURES
@defines@

/* ---- What was learnt ---- */

@tables@
