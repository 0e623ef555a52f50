namespace RetailInsight.Api.Mail;

/// <summary>What mail is made of. Without the section <c>Api:Mail</c> there is an outbox that takes nothing, and no sender.</summary>
internal static class MailServices
{
    public static void AddMail(this IServiceCollection services, ApiOptions options)
    {
        services.AddSingleton<MailOutbox>();
        if (options.Mail is { } mail)
        {
            mail.Check();
            services.AddSingleton(mail).AddSingleton<SmtpSender>().AddHostedService<MailWorker>();
        }
    }
}
