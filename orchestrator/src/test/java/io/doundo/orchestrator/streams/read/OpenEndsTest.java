package io.doundo.orchestrator.streams.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which transactions may still hold an end that is not committed. */
class OpenEndsTest {

  private final OpenEnds ends = new OpenEnds();

  @Test
  void anEndIsOpenUntilItsThreadHasSettled() {
    assertThat(ends.now()).isEmpty();
    ends.add();
    ends.add();
    Set<Object> asked = ends.now();
    assertThat(asked).hasSize(1);
    assertThat(ends.isAnyOpen(asked)).isTrue();
    ends.settle();
    assertThat(ends.isAnyOpen(asked)).isFalse();
  }

  @Test
  void aLaterTransactionOfTheThreadIsAnotherOne() {
    ends.add();
    Set<Object> asked = ends.now();
    ends.settle();
    ends.add();
    assertThat(ends.isAnyOpen(asked)).isFalse();
    assertThat(ends.isAnyOpen(ends.now())).isTrue();
  }

  @Test
  void aThreadThatHasEndedCommitsNothingAnyMore() throws Exception {
    Thread other = new Thread(ends::add);
    other.start();
    other.join();
    assertThat(ends.now()).isEmpty();
  }

  @Test
  void noThreadSettlesForAnother() throws Exception {
    ends.add();
    Set<Object> asked = ends.now();
    Thread other = new Thread(ends::settle);
    other.start();
    other.join();
    assertThat(ends.isAnyOpen(asked)).isTrue();
  }
}
