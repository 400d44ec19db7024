using CopyEngine.Host.Telemetry;
using Microsoft.AspNetCore.Http;

namespace CopyEngine.Host.Api;

/// <summary>
/// Whether the process can do its work: ready while every vital part is. What is not vital (Redis, without which the
/// engine trades on) is listed, but does not make it unready.
/// </summary>
internal sealed class Health(ServiceStates services)
{
    public IResult Answer()
    {
        IReadOnlyList<(string Name, ServiceState State)> failing = [.. services.All.Where(service => !service.State.IsReady)];
        bool isReady = failing.All(service => !service.State.IsVital);
        var answer = new
        {
            status = isReady ? "ready" : "not ready",
            reasons = failing.Where(service => service.State.IsVital).Select(Text).ToArray(),
            degraded = failing.Where(service => !service.State.IsVital).Select(Text).ToArray(),
        };
        return Results.Json(answer, statusCode: isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static string Text((string Name, ServiceState State) service) => $"{service.Name}: {service.State.Text}";
}
