package io.varve.runtime;

import io.varve.store.errors.Logs;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * The beans of a runtime at the platform's MBean server. A runtime runs as well without them, so
 * what goes wrong here is told to the log and to nobody else. Thread-safe.
 */
final class JmxBeans implements AutoCloseable {
    private static final String DOMAIN = "io.varve:";
    private static final Pattern PLAIN = Pattern.compile("[\\w. /-]+");
    private static final int MOST_OF_A_NAME = 10_000;

    private final ProjectionRuntime runtime;
    private final Optional<String> wanted;
    private volatile Optional<Thread> opening = Optional.empty();

    // All under this object's monitor.
    private final Map<String, ObjectName> projections = new HashMap<>();
    private List<String> names = List.of();
    private String name = "";
    private boolean open;
    private boolean closed;
    private Optional<String> shown = Optional.empty();

    /**
     * Beans that are not registered.
     *
     * @param wanted the name it is shown by, if it is
     */
    JmxBeans(ProjectionRuntime runtime, Optional<String> wanted) {
        this.runtime = runtime;
        this.wanted = wanted;
    }

    /** The name it is shown by, or was; empty if it was not shown. */
    Optional<String> name() {
        // Which does not wait for itself, as where a listener of the server asks.
        opening.ifPresent(one -> Threads.join(one, System.nanoTime() + Long.MAX_VALUE / 2));
        synchronized (this) {
            return shown;
        }
    }

    /**
     * Registers the runtime and its projections, if that is wanted, under the first of {@code
     * NAME}, {@code NAME-2}, {@code NAME-3}, ... that is free. In a new JVM that takes a tenth of a
     * second: so a thread of its own does it, and whoever asks for the name waits for that.
     */
    void open(List<String> first) {
        show(first);
        if (wanted.isEmpty()) {
            return;
        }
        Thread thread = new Thread(this::register, "varve-jmx");
        thread.setDaemon(true);
        opening = Optional.of(thread);
        try {
            thread.start();
        } catch (OutOfMemoryError e) {
            register(); // no thread to spare, which this one needs not
        }
    }

    private synchronized void register() {
        if (!closed) {
            register(wanted.orElseThrow());
            showHere();
        }
    }

    private void register(String first) {
        for (int i = 1; i <= MOST_OF_A_NAME && !open; i++) {
            name = i == 1 ? first : first + "-" + i;
            try {
                server().registerMBean(new RuntimeBean(name, runtime), runtimeName());
                open = true;
                shown = Optional.of(name);
            } catch (InstanceAlreadyExistsException e) {
                Logs.of(JmxBeans.class)
                        .log(
                                Level.DEBUG,
                                "A runtime of this name is registered already: name=" + name);
            } catch (JMException | RuntimeException e) {
                Logs.of(JmxBeans.class)
                        .log(Level.WARNING, "A runtime is not shown in JMX: name=" + name, e);
                return;
            }
        }
    }

    /** Shows these from now on: registers those that are new, and takes away the others. */
    synchronized void show(List<String> now) {
        names = List.copyOf(now);
        showHere();
    }

    private void showHere() {
        if (!open) {
            return;
        }
        for (String gone : List.copyOf(projections.keySet())) {
            if (!names.contains(gone)) {
                unregister(projections.remove(gone));
            }
        }
        names.stream().filter(one -> !projections.containsKey(one)).forEach(this::add);
    }

    private void add(String projection) {
        try {
            ObjectName bean = projectionName(projection);
            server().registerMBean(
                            new ProjectionBean(
                                    () -> runtime.metrics(projection),
                                    () -> runtime.status(projection)),
                            bean);
            projections.put(projection, bean);
        } catch (JMException | RuntimeException e) {
            Logs.of(JmxBeans.class)
                    .log(
                            Level.WARNING,
                            "A projection is not shown in JMX: projection=" + projection,
                            e);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        show(List.of());
        if (!open) {
            return;
        }
        open = false;
        try {
            unregister(runtimeName());
        } catch (JMException e) {
            throw new IllegalStateException("It was a name before: " + name, e);
        }
    }

    private static void unregister(ObjectName bean) {
        try {
            server().unregisterMBean(bean);
        } catch (JMException | RuntimeException e) {
            Logs.of(JmxBeans.class)
                    .log(Level.WARNING, "A bean is still shown in JMX: name=" + bean, e);
        }
    }

    private static MBeanServer server() {
        return ManagementFactory.getPlatformMBeanServer();
    }

    private ObjectName runtimeName() throws JMException {
        return new ObjectName(DOMAIN + "type=runtime,runtime=" + quoted(name));
    }

    private ObjectName projectionName(String projection) throws JMException {
        return new ObjectName(
                DOMAIN
                        + "type=projection,runtime="
                        + quoted(name)
                        + ",projection="
                        + quoted(projection));
    }

    private static String quoted(String value) {
        return PLAIN.matcher(value).matches() ? value : ObjectName.quote(value);
    }
}
