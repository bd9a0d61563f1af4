package io.varve.runtime;

import java.util.List;

/** Shows a runtime to JMX; each attribute is as it is when it is asked for. */
final class RuntimeBean implements ProjectionRuntimeMXBean {
    private final String name;
    private final ProjectionRuntime runtime;

    RuntimeBean(String name, ProjectionRuntime runtime) {
        this.name = name;
        this.runtime = runtime;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public String getHealth() {
        return runtime.health().status().name();
    }

    @Override
    public List<String> getHealthProblems() {
        return runtime.health().problems().stream()
                .map(one -> text(one.kind(), one.projection().orElse(""), one.what(), one.remedy()))
                .toList();
    }

    @Override
    public List<String> getHealthNotes() {
        return runtime.health().notes().stream()
                .map(one -> text(one.kind(), one.projection(), one.what(), one.remedy()))
                .toList();
    }

    private static String text(Enum<?> kind, String projection, String what, String remedy) {
        return kind + " " + projection + " " + what + ". " + remedy;
    }

    @Override
    public long getHead() {
        return runtime.metrics().head();
    }

    @Override
    public double getProcessRate() {
        return runtime.metrics().processRate();
    }

    @Override
    public long getProcessTotal() {
        return runtime.metrics().processTotal();
    }

    @Override
    public long getRecordsLagMax() {
        return runtime.metrics().recordsLagMax();
    }

    @Override
    public double getOldestOpenView() {
        return ProjectionBean.millis(runtime.metrics().oldestOpenView());
    }

    @Override
    public List<String> getProjections() {
        return runtime.status().stream().map(ProjectionStatus::name).toList();
    }

    @Override
    public List<String> getFailedProjections() {
        return runtime.status().stream()
                .filter(one -> one.state() == ProjectionState.FAILED)
                .map(ProjectionStatus::name)
                .toList();
    }
}
