package io.varve.projections;

import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Refuses suppliers that share processors, with each other or among tasks: a rebuild runs beside
 * the live projection. Of one topology.
 */
final class OwnObjects {
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    /**
     * Calls a supplier twice. An object without fields, such as a lambda that uses nothing, can be
     * shared; an error is left for the task that needs the object.
     */
    void check(Supplier<?> supplier) {
        List<?> both;
        try {
            both = Arrays.asList(supplier.get(), supplier.get());
        } catch (Exception | StackOverflowError | AssertionError | LinkageError e) {
            return; // said with the name of the node when a task is made
        }
        for (Object one : both) {
            if (one != null && hasFields(one.getClass()) && !seen.add(one)) {
                throw new TopologyException(
                        "The same processor is given twice, and each node of each task needs its"
                                + " own: class="
                                + one.getClass().getName(),
                        "Make a new one in the supplier: () -> new MyProcessor(), or"
                                + " MyProcessor::new.");
            }
        }
    }

    private static boolean hasFields(Class<?> type) {
        for (Class<?> one = type; one != null; one = one.getSuperclass()) {
            if (Arrays.stream(one.getDeclaredFields())
                    .anyMatch(field -> !Modifier.isStatic(field.getModifiers()))) {
                return true;
            }
        }
        return false;
    }
}
