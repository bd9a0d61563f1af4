package io.varve.runtime;

import io.varve.store.errors.Logs;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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

    /** So long after the start the server is made ready, unless somebody asks before. */
    private static final long LATER_MILLIS = 1_000;

    /** Of the first beans of the process, which make the server ready. */
    private static final AtomicBoolean BEGUN = new AtomicBoolean();

    private static final CountDownLatch ASKED = new CountDownLatch(1);
    private static final CountDownLatch READY = new CountDownLatch(1);

    private final ProjectionRuntime runtime;
    private final Optional<String> wanted;
    private final Map<String, ObjectName> projections = new HashMap<>();
    private String name = "";
    private boolean open;
    private Optional<String> shown = Optional.empty();
    private volatile boolean closed;

    /** Who opens them, where that is a thread of its own. */
    private volatile Optional<Thread> opening = Optional.empty();

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
        awaitOpened();
        synchronized (this) {
            return shown;
        }
    }

    /**
     * Registers the runtime and its projections, if that is wanted, under the first of {@code
     * NAME}, {@code NAME-2}, {@code NAME-3}, ... that is free. The first time in a process that
     * makes the server ready, for which a new JVM takes a tenth of a second: that is left to a
     * thread of its own, a second later, when read models are open and have caught up mostly.
     * Whoever asks for the outcome before has it done at once, and waits for it.
     */
    void open(List<String> names) {
        if (wanted.isEmpty()) {
            return;
        }
        if (BEGUN.compareAndSet(false, true)) {
            openFirst(List.copyOf(names));
        } else {
            awaitReady();
            register(names);
        }
    }

    private void openFirst(List<String> names) {
        Runnable task =
                () -> {
                    try {
                        awaitAsked();
                        register(names);
                    } finally {
                        READY.countDown();
                    }
                };
        try {
            Thread thread = new Thread(task, "varve-jmx");
            thread.setDaemon(true);
            opening = Optional.of(thread);
            thread.start();
        } catch (OutOfMemoryError e) {
            opening = Optional.empty();
            ASKED.countDown();
            task.run(); // no thread to spare, which this one needs not
        }
    }

    /** Not for the one who opens them, as where a listener of the server asks for something. */
    private void awaitOpened() {
        if (opening.isPresent() && opening.get() != Thread.currentThread()) {
            awaitReady();
        }
    }

    private static void awaitAsked() {
        try {
            ASKED.await(LATER_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            ASKED.countDown(); // nobody of ours does that; then it is done now
        }
    }

    private static void awaitReady() {
        ASKED.countDown();
        boolean interrupted = false;
        while (true) {
            try {
                READY.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true; // it is a tenth of a second
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void register(List<String> names) {
        if (closed) {
            return; // before the first beans were made
        }
        wanted.ifPresent(this::register);
        showHere(names);
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

    /** Registers projections that are new, and takes away those that are not among these. */
    void show(List<String> names) {
        awaitOpened();
        showHere(names);
    }

    private synchronized void showHere(List<String> names) {
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
    public void close() {
        closed = true;
        awaitOpened();
        closeHere();
    }

    private synchronized void closeHere() {
        if (!open) {
            return;
        }
        showHere(List.of());
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
