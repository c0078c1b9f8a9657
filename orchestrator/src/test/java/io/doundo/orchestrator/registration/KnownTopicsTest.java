package io.doundo.orchestrator.registration;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.lang.reflect.Proxy;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

class KnownTopicsTest {

  @Test
  void noFailureEndsTheRefreshing() {
    Admin failing =
        (Admin)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Admin.class},
                (proxy, method, args) -> {
                  throw new IllegalStateException("the client is confused");
                });
    try (KnownTopics topics = new KnownTopics(failing)) {
      assertThatCode(topics::refreshOrKeep).doesNotThrowAnyException();
    }
  }
}
