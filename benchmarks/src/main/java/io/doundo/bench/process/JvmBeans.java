package io.doundo.bench.process;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * The management beans of another JVM of the same user on this machine. The JVM needs no option for
 * it: its management agent is started when it is first asked, and stays. Not thread-safe.
 */
final class JvmBeans implements AutoCloseable {

  /** Otherwise a thread of this process asks every minute whether the other one is there. */
  private static final Map<String, Object> NO_HEARTBEAT =
      Map.of("jmx.remote.x.client.connection.check.period", 0L);

  private final JMXConnector connector;
  private final MBeanServerConnection beans;

  private JvmBeans(JMXConnector connector, MBeanServerConnection beans) {
    this.connector = connector;
    this.beans = beans;
  }

  /**
   * Connects to a JVM, which must be one: the signal by which it is asked would end another
   * process.
   */
  @SuppressWarnings("BanJNDI") // Of a process of the same user on this machine; looks nothing up.
  static JvmBeans of(ProcessHandle jvm) throws IOException {
    JMXConnector connector =
        JMXConnectorFactory.connect(new JMXServiceURL(address(jvm.pid())), NO_HEARTBEAT);
    return new JvmBeans(connector, connector.getMBeanServerConnection());
  }

  private static String address(long pid) throws IOException {
    VirtualMachine jvm;
    try {
      jvm = VirtualMachine.attach(Long.toString(pid));
    } catch (AttachNotSupportedException e) {
      throw new IOException("the meters of process " + pid + " cannot be read", e);
    }
    try {
      return jvm.startLocalManagementAgent();
    } finally {
      jvm.detach();
    }
  }

  /** The sum of an attribute of all beans that match a pattern; 0 when there are none. */
  double sum(String pattern, String attribute) throws IOException {
    double sum = 0;
    for (ObjectName bean : beans.queryNames(name(pattern), null)) {
      sum += number(bean, attribute);
    }
    return sum;
  }

  /** The same for each value of a key of the beans' names. */
  Map<String, Double> sums(String pattern, String key, String attribute) throws IOException {
    Map<String, Double> sums = new HashMap<>();
    for (ObjectName bean : beans.queryNames(name(pattern), null)) {
      sums.merge(bean.getKeyProperty(key), number(bean, attribute), Double::sum);
    }
    return sums;
  }

  private double number(ObjectName bean, String attribute) throws IOException {
    try {
      return ((Number) beans.getAttribute(bean, attribute)).doubleValue();
    } catch (JMException e) {
      throw new IOException("%s of %s cannot be read".formatted(attribute, bean), e);
    }
  }

  private static ObjectName name(String pattern) {
    try {
      return new ObjectName(pattern);
    } catch (MalformedObjectNameException e) {
      throw new IllegalArgumentException(pattern, e);
    }
  }

  @Override
  public void close() throws IOException {
    connector.close();
  }
}
