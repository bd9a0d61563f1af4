package io.varve.store.serde;

import java.lang.invoke.MethodHandle;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is derived from the fields of a record and its past, and refused if it does not fit.
 *
 * @param type the record
 * @param fields its components in order
 * @param evolution its past
 */
record RecordFields(Class<?> type, List<Field> fields, RecordEvolution evolution) {
    /** The component each tag stands for, old names among them. */
    Map<Integer, Field> ownerByTag() {
        Map<Integer, String> nameByTag = new HashMap<>();
        Map<Integer, Field> owners = new HashMap<>();
        for (Field field : fields) {
            claim(field.component().getName(), nameByTag);
            owners.put(field.tag(), field);
        }
        evolution.aliases.forEach(
                (old, component) -> {
                    claim(old, nameByTag);
                    owners.put(WireType.tag(old), field(component));
                });
        evolution.removed.forEach(name -> claim(name, nameByTag));
        return owners;
    }

    private void claim(String name, Map<Integer, String> nameByTag) {
        String other = nameByTag.putIfAbsent(WireType.tag(name), name);
        if (name.equals(other)) {
            throw new IllegalArgumentException(
                    "A name is used twice, now or in the past: class="
                            + type.getName()
                            + " component="
                            + name
                            + ". Choose a new name for the new component.");
        }
        if (other != null) {
            throw new IllegalArgumentException(
                    "Two names have the same tag, by chance: class="
                            + type.getName()
                            + " component="
                            + name
                            + " other="
                            + other
                            + ". Choose another name for the newer one.");
        }
    }

    private Field field(String component) {
        for (Field field : fields) {
            if (field.component().getName().equals(component)) {
                return field;
            }
        }
        throw new IllegalArgumentException(
                "The record has no such component; name one it has: class="
                        + type.getName()
                        + " component="
                        + component);
    }

    Frame defaults(Frame frame) {
        for (Field field : fields) {
            if (field.codec() != null) {
                field.setDefault(field.codec().absent(), frame);
            }
        }
        evolution.defaults.forEach(
                (component, value) -> {
                    Field field = field(component);
                    Primitive primitive = field.primitive();
                    Class<?> expected =
                            primitive == null ? field.component().getType() : primitive.box;
                    if (!expected.isInstance(value)) {
                        throw new IllegalArgumentException(
                                "A default is not of the component's type, give one that is: "
                                        + field
                                        + " type="
                                        + expected.getName()
                                        + " value="
                                        + value);
                    }
                    field.setDefault(value, frame);
                });
        return frame;
    }

    MethodHandle writer() {
        try {
            return RecordHandles.writer(type, fields);
        } catch (ReflectiveOperationException e) {
            throw closed(e);
        }
    }

    MethodHandle reader(RecordCodec codec) {
        try {
            return RecordHandles.reader(type, fields, codec);
        } catch (ReflectiveOperationException e) {
            throw closed(e);
        }
    }

    private IllegalArgumentException closed(ReflectiveOperationException e) {
        return new IllegalArgumentException(
                "The module of this record keeps it closed; let its module-info say 'opens "
                        + type.getPackageName()
                        + ";' (class="
                        + type.getName()
                        + ")",
                e);
    }
}
