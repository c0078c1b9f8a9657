package io.doundo.examples.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.examples.world.LedgerLine.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {

  private final Path file;
  private final Store store;

  StoreTest(@TempDir Path directory) throws IOException {
    file = directory.resolve("deep").resolve("store.db");
    store = Store.open(file, "test");
  }

  private static Errand errand(String flow, String action, String key) {
    return new Errand("order", "reserve", flow, action, 1, 1, key, 0);
  }

  @Test
  void anIdempotencyKeyThatIsKnownMakesNothingNew() {
    Store.Made made = store.create(errand("f", Errand.DO, "k"), "goods", false);
    Store.Made again = store.create(errand("f", Errand.DO, "k"), "goods", false);
    Store.Made other = store.create(errand("g", Errand.DO, "l"), "goods", false);

    assertThat(again.thingId()).isEqualTo(made.thingId()).isNotEqualTo(other.thingId());
    assertThat(made.first()).isTrue();
    assertThat(again.first()).isFalse();
    assertThat(store.ledger("f")).hasSize(1);
    assertThat(store.ledger("f").get(0).kind()).isEqualTo(Kind.CREATED);
    assertThat(store.things()).extracting(Thing::flowId).containsExactly("f", "g");
  }

  @Test
  void whatIsDoneTwiceShowsInTheLedgerThoughItIsUndone() {
    store.create(errand("f", Errand.DO, "k"), "goods", true);
    store.create(errand("f", Errand.DO, "k"), "goods", true);
    store.remove(errand("f", Errand.UNDO, "u"));
    store.remove(errand("f", Errand.UNDO, "u"));

    assertThat(store.things()).isEmpty();
    assertThat(store.ledger("f"))
        .extracting(LedgerLine::kind)
        .containsExactly(
            Kind.CREATED, Kind.CREATED, Kind.REMOVED, Kind.REMOVED, Kind.NOTHING_TO_REMOVE);
    assertThat(store.find("order", "reserve", "f")).isEmpty();
  }

  @Test
  void withoutAFenceNothingIsMadeForWhatWasUndone() {
    Errand errand = errand("f", Errand.DO, "k");
    assertThat(store.createUnlessUndone(errand, "goods", false)).isPresent();
    store.remove(errand("f", Errand.UNDO, "u"));

    assertThat(store.createUnlessUndone(errand, "goods", false)).isEmpty();
    assertThat(store.things()).isEmpty();
    assertThat(store.ledger("f")).hasSize(2);
  }

  @Test
  void aKeyWhoseThingIsGoneStandsForNothing() {
    Store.Made made = store.create(errand("f", Errand.DO, "k"), "goods", false);
    store.remove(errand("f", Errand.UNDO, "u"));
    Store.Made again = store.create(errand("f", Errand.DO, "k"), "goods", false);

    assertThat(again.fresh()).isTrue();
    assertThat(again.thingId()).isNotEqualTo(made.thingId());
    assertThat(store.things()).hasSize(1);
  }

  @Test
  void theLedgerIsAppendOnly() throws SQLException {
    store.create(errand("f", Errand.DO, "k"), "goods", false);

    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement sql = connection.createStatement()) {
      assertThatThrownBy(() -> sql.executeUpdate("UPDATE ledger SET step = 'x'"))
          .hasMessageContaining("the ledger is append-only");
      assertThatThrownBy(() -> sql.executeUpdate("DELETE FROM ledger"))
          .hasMessageContaining("the ledger is append-only");
    }
  }

  @Test
  void severalProcessesShareIt() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<?>> running = new ArrayList<>();
    for (int process = 0; process < 4; process++) {
      Store shared = Store.open(file, "process-" + process);
      running.add(
          threads.submit(
              () -> {
                for (int flow = 0; flow < 50; flow++) {
                  shared.create(errand("f" + flow, Errand.DO, "k" + flow), "goods", false);
                }
              }));
    }
    for (Future<?> each : running) {
      each.get();
    }
    threads.shutdown();

    assertThat(store.things()).hasSize(50);
    assertThat(store.ledger()).hasSize(50);
  }

  @Test
  void aReaderChangesNothing() {
    store.create(errand("f", Errand.DO, "k"), "goods", false);
    Store reader = Store.read(file);

    assertThat(reader.things("f")).hasSize(1);
    assertThatThrownBy(() -> reader.remove(errand("f", Errand.UNDO, "u")))
        .hasStackTraceContaining("readonly");
  }
}
