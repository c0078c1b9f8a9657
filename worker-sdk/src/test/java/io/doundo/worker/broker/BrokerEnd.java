package io.doundo.worker.broker;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;

/**
 * Stops the shared broker when the tests are over, before the JVM ends. At the end of the JVM the
 * directory of the broker is deleted at the same time, and a broker that loses its directory halts
 * the JVM with an error code, though all tests have passed.
 */
public final class BrokerEnd implements BeforeAllCallback {

  @Override
  public void beforeAll(ExtensionContext context) {
    context
        .getStore(StoreScope.LAUNCHER_SESSION, Namespace.create(BrokerEnd.class))
        .computeIfAbsent(BrokerEnd.class, key -> (AutoCloseable) TestBroker::stop);
  }
}
