/* Random numbers that are the same everywhere: SplitMix64. */
#ifndef DICE_H
#define DICE_H

#include <glib.h>

typedef struct
{
  guint64 state;
} Dice;

static inline guint64
dice_next (Dice * dice)
{
  guint64 z = (dice->state += 0x9E3779B97F4A7C15u);

  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

/* 0 to sides - 1 */
static inline guint
dice_roll (Dice * dice, guint sides)
{
  return (guint) (dice_next (dice) % sides);
}

#define dice_pick(dice, array) ((array)[dice_roll ((dice), G_N_ELEMENTS (array))])

#endif
