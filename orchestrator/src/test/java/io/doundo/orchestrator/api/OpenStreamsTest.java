package io.doundo.orchestrator.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A server that stops waits for its requests, so event streams end before. */
class OpenStreamsTest {

  private final OpenStreams streams = new OpenStreams();
  private final List<String> ended = new ArrayList<>();

  private OpenStreams.OpenStream open(String name) {
    return streams.add(reason -> ended.add(name + ": " + reason));
  }

  @Test
  void allEndWhenTheServerStopsAndThoseThatComeLaterAtOnce() {
    OpenStreams.OpenStream first = open("first");
    OpenStreams.OpenStream gone = open("gone");
    gone.close();

    streams.endAll("stopping");
    assertThat(ended).containsExactly("first: stopping");

    OpenStreams.OpenStream late = open("late");
    assertThat(ended).containsExactly("first: stopping", "late: stopping");
    first.close();
    late.close();
    assertThat(streams.size()).isZero();
  }

  @Test
  void oneThatCannotBeEndedKeepsNoOtherOpen() {
    OpenStreams.OpenStream broken =
        streams.add(
            reason -> {
              throw new IllegalStateException("no");
            });
    OpenStreams.OpenStream other = open("other");

    streams.endAll("stopping");

    assertThat(ended).containsExactly("other: stopping");
    broken.close();
    other.close();
  }
}
