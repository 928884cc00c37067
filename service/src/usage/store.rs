//! The SQL of usage.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::ToSchema;

use super::{Days, Prices};
use crate::{
    bots::store::Bot,
    id::{BotId, MessageId, UserId},
    model::Usage,
};

/// What usage is added up by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum By {
    User,
    Bot,
    Model,
    /// And by model.
    Day,
}

impl By {
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Bot => "bot",
            Self::Model => "model",
            Self::Day => "day",
        }
    }
}

/// What some answers cost.
#[derive(Serialize, ToSchema)]
pub struct UsageRow {
    /// In UTC; `null` but by day.
    pub day: Option<NaiveDate>,
    /// `null` but by user, and for users who have deleted their data.
    pub user_id: Option<UserId>,
    pub user_name: Option<String>,
    pub user_email: Option<String>,
    /// `null` but by bot, and for bots that were deleted before the answer ended.
    pub bot_id: Option<BotId>,
    /// As it was last called.
    pub bot_name: Option<String>,
    /// `null` but by model and by day.
    pub model_id: Option<String>,
    pub answers: i64,
    /// Of these, the tokens are our estimate: they were stopped, or failed.
    pub estimated_answers: i64,
    pub input_tokens: i64,
    pub output_tokens: i64,
    /// In US dollars, by the prices that are configured; `null` if none is known.
    pub cost: Option<f64>,
    /// Whether the price of some of the models is not known.
    pub is_cost_partial: bool,
}

/// What all of them cost.
#[derive(Serialize, ToSchema)]
pub struct UsageTotal {
    pub answers: i64,
    pub estimated_answers: i64,
    pub input_tokens: i64,
    pub output_tokens: i64,
    /// In US dollars, by the prices that are configured; `null` if none is known.
    pub cost: Option<f64>,
    /// Whether the price of some of the models is not known.
    pub is_cost_partial: bool,
    /// Users with an answer.
    pub users: i64,
}

/// Which usage is asked for.
pub struct Asked<'a> {
    pub days: Days,
    /// Of this user alone.
    pub owner: Option<&'a UserId>,
    pub prices: &'a Prices,
}

/// Usage in parts: days in order, others with the most tokens first.
pub async fn rows(
    db: &mut PgConnection,
    asked: &Asked<'_>,
    by: By,
    offset: i64,
    limit: i64,
) -> sqlx::Result<Vec<UsageRow>> {
    let (models, inputs, outputs) = asked.prices.columns();
    sqlx::query_as!(
        UsageRow,
        r#"
        with part as (
          select
            case when $7 = 'day' then day end as day,
            case when $7 = 'user' then user_id end as user_id,
            case when $7 = 'bot' then bot_id end as bot_id,
            case when $7 in ('model', 'day') then u.model_id end as model_id,
            case when $7 = 'bot' then (array_agg(bot_name order by day desc))[1] end as bot_name,
            sum(answers)::bigint as answers, sum(estimated_answers)::bigint as estimated_answers,
            sum(input_tokens)::bigint as input_tokens, sum(output_tokens)::bigint as output_tokens,
            sum(input_tokens * price.input + output_tokens * price.output) / 1e6 as cost,
            bool_or(price.input is null) as is_cost_partial
          from usage u left join unnest($4::text[], $5::float8[], $6::float8[]) price (model_id, input, output)
            on price.model_id = u.model_id
          where day between $1 and $2 and ($3::text is null or user_id = $3)
          group by 1, 2, 3, 4
          order by 1, sum(input_tokens + output_tokens) desc, 2, 3, 4
          offset $8 limit $9
        )
        select day, user_id as "user_id: UserId", coalesce(users.full_name, users.username) as user_name,
          users.email as "user_email?", bot_id as "bot_id: BotId", bot_name, model_id, answers as "answers!",
          estimated_answers as "estimated_answers!", input_tokens as "input_tokens!", output_tokens as "output_tokens!",
          cost, is_cost_partial as "is_cost_partial!"
        from part left join users on users.id = part.user_id
        order by day, input_tokens + output_tokens desc, user_id, bot_id, model_id
        "#,
        asked.days.from,
        asked.days.to,
        asked.owner as Option<&UserId>,
        &models,
        &inputs,
        &outputs,
        by.name(),
        offset,
        limit,
    )
    .fetch_all(db)
    .await
}

/// All of it.
pub async fn total(db: &mut PgConnection, asked: &Asked<'_>) -> sqlx::Result<UsageTotal> {
    let (models, inputs, outputs) = asked.prices.columns();
    sqlx::query_as!(
        UsageTotal,
        r#"
        select
          coalesce(sum(answers), 0)::bigint as "answers!", coalesce(sum(estimated_answers), 0)::bigint as "estimated_answers!",
          coalesce(sum(input_tokens), 0)::bigint as "input_tokens!",
          coalesce(sum(output_tokens), 0)::bigint as "output_tokens!",
          sum(input_tokens * price.input + output_tokens * price.output) / 1e6 as cost,
          coalesce(bool_or(price.input is null), false) as "is_cost_partial!",
          count(distinct user_id) as "users!"
        from usage u left join unnest($4::text[], $5::float8[], $6::float8[]) price (model_id, input, output)
          on price.model_id = u.model_id
        where day between $1 and $2 and ($3::text is null or user_id = $3)
        "#,
        asked.days.from,
        asked.days.to,
        asked.owner as Option<&UserId>,
        &models,
        &inputs,
        &outputs,
    )
    .fetch_one(db)
    .await
}

/// Counts an answer that is not stored, or was deleted before it ended: it is paid for as well. Of somebody
/// who is not registered, or not any more, without the person.
pub async fn count_unstored(
    db: &mut PgConnection,
    id: MessageId,
    owner: &UserId,
    bot: &Bot,
    usage: Usage,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        select count_usage(
          current_setting('app.tenant'), (select id from users where id = $2), (now() at time zone 'utc')::date,
          bot.id, bot.name, $4, $5, $6, $7
        )::text as "done?"
        from (select) answer left join bots bot on bot.id = $3 and bot.owner_id not like 'deleted:%'
        -- One that is still there was given up, and counted, by another process.
        where not exists (select from messages where id = $1)
        "#,
        id as MessageId,
        owner as &UserId,
        bot.id as BotId,
        bot.model_id,
        i64::from(usage.input_tokens),
        i64::from(usage.output_tokens),
        usage.estimated,
    )
    .fetch_optional(db)
    .await?;
    Ok(())
}

/// Takes a user out of what their answers cost, and with them the bots that are theirs, or were.
pub async fn forget_user(db: &mut PgConnection, user: &UserId) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        with theirs as (
          delete from usage where user_id = $1
          returning day, bot_id, bot_name, model_id, answers, estimated_answers, input_tokens, output_tokens
        ), nameless as (
          select day, case when b.owner_id <> $1 then bot_id end as bot_id,
            case when b.owner_id <> $1 then bot_name end as bot_name, t.model_id, answers, estimated_answers,
            input_tokens, output_tokens
          from theirs t left join bots b on b.id = t.bot_id
        )
        insert into usage as u
          (tenant_id, day, bot_id, bot_name, model_id, answers, estimated_answers, input_tokens, output_tokens)
        select current_setting('app.tenant'), day, bot_id, min(bot_name), model_id, sum(answers), sum(estimated_answers),
          sum(input_tokens), sum(output_tokens)
        from nameless group by day, bot_id, model_id
        on conflict (tenant_id, user_id, day, bot_id, model_id) do update set
          answers = u.answers + excluded.answers,
          estimated_answers = u.estimated_answers + excluded.estimated_answers,
          input_tokens = u.input_tokens + excluded.input_tokens,
          output_tokens = u.output_tokens + excluded.output_tokens
        "#,
        user as &UserId,
    )
    .execute(db)
    .await?;
    Ok(())
}
