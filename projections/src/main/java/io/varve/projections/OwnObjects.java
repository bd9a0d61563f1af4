package io.varve.projections;

import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.function.Supplier;

/** Refuses suppliers of one object for all tasks: a rebuild runs beside the live projection. */
final class OwnObjects {
    private OwnObjects() {}

    /**
     * Calls a supplier twice. An object without fields, such as a lambda that uses nothing, can be
     * shared; an error is left for the task that needs the object.
     */
    static void check(String what, Supplier<?> supplier) {
        Object first;
        Object second;
        try {
            first = supplier.get();
            second = supplier.get();
        } catch (Exception e) {
            return; // said with the name of the node when a task is made
        }
        if (first != null && first == second && hasFields(first.getClass())) {
            throw new TopologyException(
                    "The supplier gives the same "
                            + what
                            + " twice, and each task needs its own: class="
                            + first.getClass().getName(),
                    "Make a new one in the supplier: () -> new MyProcessor(), or MyProcessor::new.");
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
