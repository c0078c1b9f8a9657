package io.doundo.history.simulation.orchestrator;

import io.doundo.history.RecordPosition;
import io.doundo.history.simulation.BrokenRule;
import io.doundo.history.simulation.Partition.Appended;
import io.doundo.history.simulation.Scene;
import io.doundo.history.simulation.SkewedClock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The orchestrator's handling of records that no flow accepts. A record that cannot be read, or is
 * refused, becomes a dead letter at once; one of a flow that does not exist is held for a while
 * first. All of this is rolled back with an aborted transaction.
 */
public final class LostLetters {

  private static final int HELD_MS = 500;

  private record Held(RecordPosition place, long until) {}

  private record Letter(RecordPosition source, String reason) {}

  private final Scene scene;
  private final SkewedClock clock;
  private final List<Letter> open = new ArrayList<>(0);
  private List<Held> held = new ArrayList<>(0);
  private List<Held> committedHeld = List.of();
  private boolean changed;

  public LostLetters(Scene scene, SkewedClock clock) {
    this.scene = scene;
    this.clock = clock;
  }

  /** Handles a record that is no event of the flow. */
  public void take(Appended stray) {
    Stray record = (Stray) stray.record();
    scene.story().tell(scene.timeline(), "orchestrator", () -> "takes " + record.what());
    changed = true;
    if (record.readable()) {
      held.add(new Held(stray.place(), clock.now() + HELD_MS));
    } else if (!scene.is(BrokenRule.UNREADABLE_RECORDS_ARE_SKIPPED)) {
      open.add(new Letter(stray.place(), "it cannot be read"));
    }
  }

  /** Handles a record whose event the core refuses. */
  public void refuse(@Nullable RecordPosition source, String reason) {
    if (source != null && !scene.is(BrokenRule.REFUSALS_ARE_NOT_KEPT)) {
      open.add(new Letter(source, reason));
    }
  }

  /** Dead-letters the records whose holding time is over. */
  public void expire() {
    for (int i = held.size() - 1; i >= 0; i--) {
      if (held.get(i).until() <= clock.now()) {
        changed = true;
        Held expired = held.remove(i);
        if (!scene.is(BrokenRule.STRANGERS_ARE_DROPPED)) {
          open.add(new Letter(expired.place(), "there is no such flow"));
        }
      }
    }
  }

  /** When the next holding time ends, by the engine's clock; 0 for never. */
  public long due() {
    long due = Long.MAX_VALUE;
    for (Held one : held) {
      due = Math.min(due, one.until());
    }
    return due == Long.MAX_VALUE ? 0 : due;
  }

  public boolean hasChanged() {
    return changed || !open.isEmpty();
  }

  public void commit() {
    open.forEach(letter -> scene.recorder().refused(letter.source(), letter.reason(), scene.now()));
    open.clear();
    committedHeld = List.copyOf(held);
    changed = false;
  }

  public void abort() {
    open.clear();
    held = new ArrayList<>(committedHeld);
    changed = false;
  }
}
