package io.varve.samples.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What runs a task. Virtual threads are reached by reflection: Java 17 has none. */
enum ThreadKind {
    PLATFORM,
    VIRTUAL;

    private static final int FIRST_WITH_VIRTUAL = 21;

    /** Those that this JDK has. */
    static List<ThreadKind> available() {
        return Arrays.stream(values())
                .filter(
                        kind ->
                                kind == PLATFORM
                                        || Runtime.version().feature() >= FIRST_WITH_VIRTUAL)
                .toList();
    }

    /** A thread that is not started. */
    Thread thread(Runnable task) {
        if (this == PLATFORM) {
            return new Thread(task, "appender");
        }
        try {
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            return (Thread)
                    Class.forName("java.lang.Thread$Builder")
                            .getMethod("unstarted", Runnable.class)
                            .invoke(builder, task);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
