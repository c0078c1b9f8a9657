package io.doundo.http.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ThrottleTest {

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

  @AfterEach
  void close() {
    timer.shutdownNow();
  }

  @Test
  void neverMoreAtOnce_andInTheirOrder() {
    Throttle throttle = new Throttle(timer, 2, 0);
    List<Integer> begun = new ArrayList<>();
    List<Throttle.Place> places = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      int number = i;
      places.add(throttle.enter(() -> begun.add(number)));
    }
    assertThat(begun).containsExactly(0, 1);

    places.get(1).leave();
    places.get(1).leave();
    assertThat(begun).containsExactly(0, 1, 2);

    places.get(3).leave();
    places.get(0).leave();
    assertThat(begun).as("one that has left does not begin").containsExactly(0, 1, 2, 4);
  }

  @Test
  void noMoreInASecondThanTheRate() {
    Throttle throttle = new Throttle(timer, 100, 20);
    List<Long> begun = new CopyOnWriteArrayList<>();
    long now = System.nanoTime();
    for (int i = 0; i < 5; i++) {
      throttle.enter(() -> begun.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - now)));
    }

    await().until(() -> begun.size() == 5);

    assertThat(begun.get(4)).isGreaterThanOrEqualTo(190);
    assertThat(begun).isSorted();
  }
}
