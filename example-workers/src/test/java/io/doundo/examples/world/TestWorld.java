package io.doundo.examples.world;

import io.doundo.examples.ExamplesProperties;
import io.doundo.worker.testkit.UndoRehearsal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

/** Outside worlds for tests, each in a file of its own. */
public final class TestWorld {

  private final Path directory;

  public TestWorld(Path directory) {
    this.directory = directory;
  }

  /** A new world. */
  public Store store() {
    try {
      return Store.open(directory.resolve(UUID.randomUUID() + ".db"), "test");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What workers call. */
  public static OutsideWorld of(Store store) {
    return new OutsideWorld(
        store, new ExamplesProperties(List.of(), Path.of("unused"), "test", false, null));
  }

  /**
   * A new world for each run of a rehearsal.
   *
   * @param withoutUndo steps whose things are meant to stay
   */
  public Supplier<UndoRehearsal.World> worlds(
      Set<String> withoutUndo, Function<OutsideWorld, List<Object>> handlers) {
    return () -> {
      Store store = store();
      return new UndoRehearsal.World(
          () ->
              store.things().stream()
                  .filter(thing -> !withoutUndo.contains(thing.step()))
                  .map(Thing::thingId)
                  .toList(),
          handlers.apply(of(store)));
    };
  }
}
