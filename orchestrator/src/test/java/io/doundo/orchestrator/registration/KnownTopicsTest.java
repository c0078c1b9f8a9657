package io.doundo.orchestrator.registration;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.lang.reflect.Proxy;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KnownTopicsTest {

  static List<Throwable> failures() {
    return List.of(
        new IllegalStateException("the client is confused"), new OutOfMemoryError("on purpose"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void noFailureEndsTheRefreshing(Throwable failure) {
    Admin failing =
        (Admin)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Admin.class},
                (proxy, method, args) -> {
                  throw failure;
                });
    try (KnownTopics topics = new KnownTopics(failing)) {
      assertThatCode(topics::refreshOrKeep).doesNotThrowAnyException();
    }
  }
}
