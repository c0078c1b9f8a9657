package io.doundo.orchestrator.core.state;

import static java.util.stream.Collectors.joining;

import io.doundo.protocol.CommandAction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Successive attempts of a step's DO under one idempotency key, by which a service recognises a
 * repeated request.
 *
 * @param number of the key: the generation in which it was first used
 * @param firstAttempt the first of these attempts
 * @param lastDeadline the deadline of the last DO under this key, ms since the epoch, or 0 when it
 *     is not kept; where an UNDO found none on record, the latest that it can have had
 * @param effect what is known of the DOs under this key
 */
public record DoKey(int number, int firstAttempt, long lastDeadline, StepEffect effect) {

  /** How many of them a step keeps; the last key stays in use from then on. */
  public static final int MOST = 64;

  /** The same key with an effect at least this strong. */
  public DoKey raised(StepEffect other) {
    return new DoKey(number, firstAttempt, lastDeadline, effect.or(other));
  }

  /** The same key, with nothing to undo. */
  public DoKey settled() {
    return new DoKey(number, firstAttempt, lastDeadline, StepEffect.NONE);
  }

  /**
   * The key under which the step's next DO is sent, with what is known of it. The key changes only
   * with a generation, and only when nothing may stand under an earlier one.
   */
  public static DoKey next(StepState step) {
    return next(step.outside().keys(), step.generation(), step.outside().doing().sent());
  }

  /** The same, from the parts of a step. */
  public static DoKey next(List<DoKey> keys, int generation, int sent) {
    if (keys.isEmpty()) {
      return new DoKey(generation, 1, 0, StepEffect.NONE);
    }
    List<DoKey> merged = merged(keys);
    DoKey last = of(merged, keys.get(keys.size() - 1).number());
    if (last.number() == generation || keys.size() >= MOST) {
      return last;
    }
    for (int i = merged.size() - 1; i >= 0; i--) {
      if (merged.get(i).effect().mayExist()) {
        return merged.get(i);
      }
    }
    return new DoKey(generation, sent + 1, 0, StepEffect.NONE);
  }

  /**
   * The keys for which an UNDO of the step has to run: those under which something may stand,
   * oldest first; never none.
   */
  public static List<DoKey> unsettled(StepState step) {
    List<DoKey> keys = step.outside().keys();
    if (keys.isEmpty()) {
      return List.of(new DoKey(step.generation(), 1, 0, step.effect()));
    }
    List<DoKey> merged = merged(keys);
    List<DoKey> open = merged.stream().filter(key -> key.effect().mayExist()).toList();
    if (!open.isEmpty()) {
      return open;
    }
    // Nobody has said which of them it was.
    return merged.stream().map(key -> key.raised(step.effect())).toList();
  }

  /**
   * The numbers of the keys as a command's header has them: of a DO that was sent its own, of an
   * UNDO the unsettled ones. Null when it is the generation alone.
   */
  public static @Nullable String header(StepState step, CommandAction action) {
    List<DoKey> keys = step.outside().keys();
    if (keys.isEmpty()) {
      return null;
    }
    List<DoKey> meant =
        action == CommandAction.DO ? List.of(keys.get(keys.size() - 1)) : unsettled(step);
    return meant.size() == 1 && meant.get(0).number() == step.generation()
        ? null
        : meant.stream().map(key -> Integer.toString(key.number())).collect(joining(","));
  }

  /** The key of an attempt; null when it is not known. */
  public static @Nullable DoKey ofAttempt(List<DoKey> keys, int attempt) {
    DoKey found = null;
    for (DoKey key : keys) {
      if (key.firstAttempt() <= attempt) {
        found = key;
      }
    }
    return found;
  }

  private static DoKey of(List<DoKey> merged, int number) {
    return merged.stream().filter(key -> key.number() == number).findFirst().orElseThrow();
  }

  /** One for each number, in the order of their first use. */
  private static List<DoKey> merged(List<DoKey> keys) {
    Map<Integer, DoKey> byNumber = new LinkedHashMap<>();
    for (DoKey key : keys) {
      byNumber.merge(
          key.number(),
          key,
          (first, again) ->
              new DoKey(
                  first.number(),
                  first.firstAttempt(),
                  Math.max(first.lastDeadline(), again.lastDeadline()),
                  first.effect().or(again.effect())));
    }
    return new ArrayList<>(byNumber.values());
  }
}
