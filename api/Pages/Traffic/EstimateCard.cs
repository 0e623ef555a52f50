using RetailInsight.Api.Access;
using RetailInsight.Api.Pages.StaffEntries;
using RetailInsight.Api.VisitorEstimates;

namespace RetailInsight.Api.Pages.Traffic;

/// <summary>The card of estimated customers: beside what was counted, never in its place.</summary>
internal static class EstimateCard
{
    private const int ShownDays = 7;

    public static Markup Render(PageRequest request, TrafficModel model, TrafficWording words)
    {
        var mayChange = request.Reader is { } reader && request.Store is not null && Permissions.Allows(Permissions.Devices, reader.User.Role);
        var link = mayChange ? Markup.Of($"""<p class="row"><a href="{StaffEntriesPage.Address(request.Store!.Code)}">{words.StaffEntries}</a></p>""") : Markup.Empty;
        if (model.Estimate is not { SaysMore: true } whole)
        {
            return mayChange && model.Estimate is not null
                ? Markup.Of($"""<section class="card"><h2>{words.Estimate}</h2><p class="note">{words.EstimateUnknown}</p>{link}</section>""") : Markup.Empty;
        }

        var text = new FigureText(request.Words, model.Currency);
        return Markup.Of(
            $"""
            <section class="card stores"><h2>{words.Estimate} <small>{words.EstimateNote}</small></h2>
            <p class="lead">{FigureText.Say(words.EstimateLead, FigureText.Count(whole.Counted), FigureText.Count(whole.Customers), FigureText.Count(whole.AtLeast), FigureText.Count(whole.AtMost))}</p>
            <ul>{Basis(whole, words)}{Conversion(model, whole, words)}</ul>
            <details><summary>{request.Words.AsTable}</summary><div class="scroll" tabindex="0" role="region" aria-label="{words.Estimate}"><table>
            <thead><tr><th scope="col">{request.Words.Date}</th><th scope="col">{words.Counted}</th><th scope="col">{words.Estimate}</th><th scope="col">{words.Between}</th></tr></thead>
            <tbody>{model.EstimatedDays.TakeLast(ShownDays).Select(day => Markup.Of($"""<tr><th scope="row">{text.LongDate(day.Date)}</th><td>{FigureText.Count(day.Estimate.Counted)}</td><td>{FigureText.Count(day.Estimate.Customers)}</td><td>{Range(day.Estimate, request.Words.Undefined)}</td></tr>"""))}</tbody></table></div></details>
            {link}</section>
            """);
    }

    private static string Range(VisitorEstimate one, string undefined) => one.SaysMore ? $"{FigureText.Count(one.AtLeast)}–{FigureText.Count(one.AtMost)}" : undefined;

    private static Markup Basis(VisitorEstimate whole, TrafficWording words) => Markup.Join(
    [
        whole.StaffByRule > 0 ? Item(FigureText.Say(words.StaffByRule, FigureText.Count(whole.StaffByRule))) : Markup.Empty,
        whole.StaffByDevices > 0 ? Item(FigureText.Say(words.StaffByDevices, FigureText.Count(whole.StaffByDevices))) : Markup.Empty,
        whole.StaffDays < whole.Days ? Item(FigureText.Say(words.StaffUnknown, FigureText.Count(whole.Days - whole.StaffDays), FigureText.Count(whole.Days))) : Markup.Empty,
        Item(whole.CalibratedShare > 0 ? FigureText.Say(words.Calibrated, FigureText.Percent(whole.CalibratedShare)) : words.NotCalibrated),
    ]);

    // Receipts are those of the figures above, which leave out hours with gaps: the share of customers among those counted is taken to be the same.
    private static Markup Conversion(TrafficModel model, VisitorEstimate whole, TrafficWording words)
    {
        if (model.Whole?.Conversion is not { } counted || whole.AtLeast <= 0)
        {
            return Markup.Empty;
        }

        string Among(long customers) => FigureText.Percent(counted * whole.Counted / customers);
        return Item(FigureText.Say(words.EstimatedConversion, Among(whole.Customers), Among(whole.AtMost), Among(whole.AtLeast)));
    }

    private static Markup Item(string text) => Markup.Of($"<li>{text}</li>");
}
